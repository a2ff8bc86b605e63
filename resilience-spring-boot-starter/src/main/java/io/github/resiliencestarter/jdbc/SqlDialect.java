package io.github.resiliencestarter.jdbc;

import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;

/**
 * The databases that the stores know. Chosen once, when the application starts; any other
 * database stops the start-up.
 */
public enum SqlDialect {

	/** H2 2.x. */
	H2("DATEDIFF(MILLISECOND, TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00+00', CURRENT_TIMESTAMP)"),

	/** PostgreSQL 13 and newer. */
	POSTGRESQL("CAST(date_part('epoch', clock_timestamp()) * 1000 AS BIGINT)"),

	/** MariaDB 10.6 and newer. */
	MARIADB("CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS SIGNED)"),

	/** MySQL 8 and newer. */
	MYSQL("CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS SIGNED)");

	private final String now;

	SqlDialect(String now) {
		this.now = now;
	}

	/**
	 * Return the SQL expression of the database's clock. All times in the tables are such
	 * numbers: they know no time zone, no daylight saving, and no column type that
	 * differs between databases. Not constant within a transaction, except on H2.
	 * @return an expression of the milliseconds since 1970-01-01 00:00 UTC, as a
	 * {@code BIGINT}
	 */
	public String now() {
		return this.now;
	}

	/**
	 * Return the name in {@code schema-<platform>.sql}.
	 * @return the name
	 */
	public String platform() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Tell whether this is MariaDB or MySQL, for SQL that both understand.
	 * @return whether it is
	 */
	public boolean isMySqlFamily() {
		return this == MARIADB || this == MYSQL;
	}

	/**
	 * Find the dialect of a database.
	 * @param dataSource the database
	 * @return the dialect
	 * @throws UnsupportedDatabaseException if the database is another
	 */
	public static SqlDialect of(DataSource dataSource) {
		String product = product(dataSource);
		return Arrays.stream(values())
			.filter((dialect) -> dialect.name().equalsIgnoreCase(product))
			.findFirst()
			.orElseThrow(() -> new UnsupportedDatabaseException("The idempotency, outbox and cluster throttle stores "
					+ "do not know the database '" + product + "'. Supported are " + supported() + "."));
	}

	private static String product(DataSource dataSource) {
		try {
			return JdbcUtils.extractDatabaseMetaData(dataSource, SqlDialect::product);
		}
		catch (MetaDataAccessException ex) {
			throw new IllegalStateException("The database cannot be asked what it is: " + ex.getMessage(), ex);
		}
	}

	private static String product(DatabaseMetaData metaData) throws SQLException {
		String product = metaData.getDatabaseProductName();
		// MySQL's driver calls a MariaDB server MySQL
		return metaData.getDatabaseProductVersion().contains("MariaDB") ? "MariaDB" : product;
	}

	private static String supported() {
		return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
	}

}
