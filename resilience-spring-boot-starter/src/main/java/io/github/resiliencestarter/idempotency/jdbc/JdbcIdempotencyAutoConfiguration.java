package io.github.resiliencestarter.idempotency.jdbc;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import io.github.resiliencestarter.idempotency.IdempotencyStore;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.ResilienceJdbcAutoConfiguration;

/**
 * Keeps idempotent calls in the application's database.
 */
@AutoConfiguration(after = ResilienceJdbcAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "resilience.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "resilience.idempotency.enabled", matchIfMissing = true)
@ConditionalOnBean(ResilienceDatabase.class)
public final class JdbcIdempotencyAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(IdempotencyStore.class)
	JdbcIdempotencyStore idempotencyStore(ResilienceDatabase database) {
		return new JdbcIdempotencyStore(database);
	}

}
