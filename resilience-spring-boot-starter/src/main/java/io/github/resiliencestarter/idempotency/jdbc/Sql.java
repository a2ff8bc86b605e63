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
			bind(statement, 1, parameters);
			return statement.executeUpdate();
		}
	}

	static void execute(Connection connection, String sql) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			statement.execute();
		}
	}

	static int bind(PreparedStatement statement, int first, @Nullable Object... parameters) throws SQLException {
		for (int index = 0; index < parameters.length; index++) {
			if (parameters[index] instanceof byte[] bytes) {
				statement.setBytes(first + index, bytes);
			}
			else if (parameters[index] instanceof Integer number) {
				statement.setInt(first + index, number);
			}
			else if (parameters[index] instanceof Long number) {
				statement.setLong(first + index, number);
			}
			else {
				statement.setBytes(first + index, null);
			}
		}
		return first + parameters.length;
	}

}
