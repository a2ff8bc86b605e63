package io.github.resiliencestarter.sample.orders;

import javax.sql.DataSource;

import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.boot.jdbc.init.DatabaseInitializationProperties;
import org.springframework.boot.jdbc.init.PropertiesBasedDataSourceScriptDatabaseInitializer;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Creates the shop's own tables where they are missing, so that a database URL is all
 * that the application needs.
 */
@Configuration(proxyBeanMethods = false)
class OrderTables {

	@Bean
	DataSourceScriptDatabaseInitializer orderTablesInitializer(DataSource dataSource) {
		return new PropertiesBasedDataSourceScriptDatabaseInitializer<>(dataSource, new Script());
	}

	private static final class Script extends DatabaseInitializationProperties {

		Script() {
			setInitializeSchema(DatabaseInitializationMode.ALWAYS);
		}

		@Override
		public String getDefaultSchemaLocation() {
			return "classpath:schema-@@platform@@.sql";
		}

	}

}
