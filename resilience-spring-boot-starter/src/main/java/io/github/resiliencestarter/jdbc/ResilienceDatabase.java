package io.github.resiliencestarter.jdbc;

import java.util.Objects;
import java.util.regex.Pattern;

import javax.sql.DataSource;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The database that holds the starter's tables: when this bean exists, so do the tables.
 * Immutable.
 */
public final class ResilienceDatabase {

	private static final String DEFAULT_PREFIX = "resilience_";

	private static final Pattern VALID_PREFIX = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,30}");

	private final DataSource dataSource;

	private final SqlDialect dialect;

	private final String tablePrefix;

	/**
	 * Describe a database.
	 * @param dataSource the database
	 * @param dialect its dialect
	 * @param tablePrefix what the names of the tables begin with
	 */
	public ResilienceDatabase(DataSource dataSource, SqlDialect dialect, String tablePrefix) {
		if (!VALID_PREFIX.matcher(tablePrefix).matches()) {
			throw new IllegalArgumentException("resilience.jdbc.table-prefix = '" + tablePrefix
					+ "' is no beginning of a table name. Use letters, digits and underscores, 31 at most.");
		}
		this.dataSource = dataSource;
		this.dialect = dialect;
		this.tablePrefix = tablePrefix;
	}

	public DataSource dataSource() {
		return this.dataSource;
	}

	public SqlDialect dialect() {
		return this.dialect;
	}

	/**
	 * Return a statement as this database wants it.
	 * @param template SQL that names the tables with the default prefix, and the
	 * database's clock as <code>{now}</code>
	 * @return SQL with the configured prefix and the dialect's clock
	 */
	public String sql(String template) {
		return template.replace(DEFAULT_PREFIX, this.tablePrefix).replace("{now}", this.dialect.now());
	}

	/**
	 * Return the time of the database's clock.
	 * @param jdbc how to ask it
	 * @return the milliseconds since 1970-01-01 00:00 UTC
	 */
	public long now(JdbcTemplate jdbc) {
		return Objects.requireNonNull(jdbc.queryForObject(sql("SELECT {now}"), Long.class));
	}

}
