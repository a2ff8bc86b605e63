package io.github.resiliencestarter.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.jdbc.support.SQLExceptionTranslator;

/**
 * Works on a connection of its own, whatever transaction the thread is in, and gives it
 * back at once. Spring's own ways of getting a connection would keep it until the
 * thread's transaction ends.
 */
final class OwnConnection {

	private final DataSource dataSource;

	private final SQLExceptionTranslator translator = new SQLExceptionSubclassTranslator();

	OwnConnection(DataSource dataSource) {
		this.dataSource = dataSource;
	}

	<T> @Nullable T execute(String task, ConnectionCallback<T> work) {
		try (Connection connection = this.dataSource.getConnection()) {
			if (connection.getAutoCommit()) {
				return work.doInConnection(connection);
			}
			return committed(connection, work);
		}
		catch (SQLException ex) {
			throw translate(task, ex);
		}
	}

	private static <T> @Nullable T committed(Connection connection, ConnectionCallback<T> work) throws SQLException {
		boolean done = false;
		try {
			T result = work.doInConnection(connection);
			connection.commit();
			done = true;
			return result;
		}
		finally {
			if (!done) {
				connection.rollback();
			}
		}
	}

	RuntimeException translate(String task, SQLException failure) {
		RuntimeException translated = this.translator.translate(task, null, failure);
		return (translated != null) ? translated
				: new org.springframework.jdbc.UncategorizedSQLException(task, null, failure);
	}

}
