package io.github.resiliencestarter.jdbc;

import javax.sql.DataSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.EmbeddedDatabaseConnection;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Finds the application's database and creates the missing tables.
 */
@AutoConfiguration(afterName = { "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
		"org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration",
		"org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration" })
@ConditionalOnBooleanProperty(name = "resilience.enabled", matchIfMissing = true)
@ConditionalOnClass({ JdbcOperations.class, DatabaseInitializationMode.class })
@ConditionalOnSingleCandidate(DataSource.class)
@ConditionalOnBean(PlatformTransactionManager.class)
@EnableConfigurationProperties(JdbcProperties.class)
public final class ResilienceJdbcAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ResilienceDatabase resilienceDatabase(DataSource dataSource, JdbcProperties properties) {
		ResilienceDatabase database = new ResilienceDatabase(dataSource, SqlDialect.of(dataSource),
				properties.tablePrefix());
		if (creates(properties.initializeSchema(), dataSource)) {
			new SchemaInitializer(database).createMissingTables();
		}
		return database;
	}

	@Bean
	TransactionTails resilienceTransactionTails(ResilienceDatabase database,
			ObjectProvider<PlatformTransactionManager> managers) {
		return new TransactionTails(database, managers);
	}

	private static boolean creates(DatabaseInitializationMode mode, DataSource dataSource) {
		return switch (mode) {
			case ALWAYS -> true;
			case EMBEDDED -> EmbeddedDatabaseConnection.isEmbedded(dataSource);
			case NEVER -> false;
		};
	}

}
