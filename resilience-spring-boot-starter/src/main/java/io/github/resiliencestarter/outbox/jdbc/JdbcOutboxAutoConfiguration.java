package io.github.resiliencestarter.outbox.jdbc;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.ResilienceJdbcAutoConfiguration;
import io.github.resiliencestarter.outbox.CaptureTable;
import io.github.resiliencestarter.outbox.OutboxProperties;
import io.github.resiliencestarter.outbox.OutboxStore;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadata;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.context.annotation.Bean;

/**
 * Keeps the outbox in the application's database.
 */
@AutoConfiguration(after = ResilienceJdbcAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = { "resilience.enabled", "resilience.outbox.enabled" }, matchIfMissing = true)
@ConditionalOnBean(ResilienceDatabase.class)
@EnableConfigurationProperties(OutboxProperties.class)
public final class JdbcOutboxAutoConfiguration {

	private static final int SMALL_POOL = 4;

	@Bean
	@ConditionalOnMissingBean(OutboxStore.class)
	OutboxStore outboxStore(ResilienceDatabase database, MonotonicClock clock,
			ObjectProvider<DataSourcePoolMetadataProvider> pools, OutboxProperties properties) {
		JdbcOutboxStore store = new JdbcOutboxStore(database, clock, properties.lease(),
				properties.sessions() && hasConnectionToSpare(database, pools),
				properties.order() == OutboxProperties.Order.STRICT);
		return switch (properties.claim()) {
			case SHARDS -> store;
			case SKIP_LOCKED -> new SkipLockedOutboxStore(database, store, properties.lease());
		};
	}

	@Bean
	@ConditionalOnMissingBean
	CaptureTable outboxCaptureTable(ResilienceDatabase database) {
		return new JdbcCaptureTable(database);
	}

	/**
	 * A session keeps a connection, which a very small pool needs for the application.
	 */
	private static boolean hasConnectionToSpare(ResilienceDatabase database,
			ObjectProvider<DataSourcePoolMetadataProvider> pools) {
		return pools.stream()
			.map((pool) -> pool.getDataSourcePoolMetadata(database.dataSource()))
			.map(JdbcOutboxAutoConfiguration::size)
			.noneMatch((size) -> size < SMALL_POOL);
	}

	private static int size(@Nullable DataSourcePoolMetadata pool) {
		Integer most = (pool != null) ? pool.getMax() : null;
		return (most != null) ? most : Integer.MAX_VALUE;
	}

}
