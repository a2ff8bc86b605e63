package io.github.resiliencestarter.idempotency.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

import org.jspecify.annotations.Nullable;

/**
 * Plain statements on a given connection.
 */
final class Sql {

	private Sql() {
	}

	static int update(Connection connection, String sql, @Nullable Object... parameters) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			bind(statement, parameters);
			return statement.executeUpdate();
		}
	}

	static void execute(Connection connection, String sql) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			statement.execute();
		}
	}

	static void bind(PreparedStatement statement, @Nullable Object... parameters) throws SQLException {
		for (int index = 0; index < parameters.length; index++) {
			if (parameters[index] instanceof byte[] bytes) {
				statement.setBytes(index + 1, bytes);
			}
			else if (parameters[index] instanceof Integer number) {
				statement.setInt(index + 1, number);
			}
			else if (parameters[index] instanceof Long number) {
				statement.setLong(index + 1, number);
			}
			else {
				statement.setBytes(index + 1, null);
			}
		}
	}

}
