package io.github.resiliencestarter.outbox.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;

import org.springframework.util.ClassUtils;

/**
 * What PostgreSQL's own driver can do beyond JDBC. The driver is the application's
 * choice: with another one, or behind a wrapper that hides it, this does nothing.
 */
final class PostgresDriver {

	private static final boolean PRESENT = ClassUtils.isPresent("org.postgresql.PGConnection",
			PostgresDriver.class.getClassLoader());

	private PostgresDriver() {
	}

	/**
	 * Let the server keep a statement from its first use, not only from the fifth: until
	 * then it plans it anew each time, which takes longer than a small exchange does. An
	 * application that keeps no statements on the server (behind a connection pooler that
	 * would mix them up) has set the threshold to 0, and it stays so.
	 */
	static void prepareAtOnce(PreparedStatement statement) throws SQLException {
		if (PRESENT && statement.isWrapperFor(PGStatement.class)) {
			PGStatement postgres = statement.unwrap(PGStatement.class);
			if (postgres.getPrepareThreshold() > 0) {
				postgres.setPrepareThreshold(1);
			}
		}
	}

	/**
	 * Return the driver's connection, or {@code null} if it is another driver's.
	 */
	static @Nullable PGConnection connection(Connection connection) throws SQLException {
		return (PRESENT && connection.isWrapperFor(PGConnection.class)) ? connection.unwrap(PGConnection.class) : null;
	}

}
