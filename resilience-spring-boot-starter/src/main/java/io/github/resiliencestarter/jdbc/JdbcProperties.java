package io.github.resiliencestarter.jdbc;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.sql.init.DatabaseInitializationMode;

/**
 * Where the starter keeps its tables.
 *
 * @param initializeSchema when missing tables are created at start-up
 * @param tablePrefix what the names of the tables begin with
 */
@ConfigurationProperties("resilience.jdbc")
public record JdbcProperties(@DefaultValue("embedded") DatabaseInitializationMode initializeSchema,
		@DefaultValue("resilience_") String tablePrefix) {

}
