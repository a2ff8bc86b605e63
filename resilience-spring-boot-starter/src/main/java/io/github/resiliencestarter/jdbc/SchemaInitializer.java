package io.github.resiliencestarter.jdbc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;

import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.EncodedResource;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.datasource.init.ScriptUtils;

/**
 * Creates the tables that are missing. Several instances may start at once: each waits
 * for the one that creates, because {@code IF NOT EXISTS} alone is no protection from a
 * second creator, neither on PostgreSQL nor on H2.
 */
final class SchemaInitializer {

	private static final String LOCK = "resilience_schema";

	private static final ReentrantLock IN_PROCESS = new ReentrantLock();

	private final ResilienceDatabase database;

	SchemaInitializer(ResilienceDatabase database) {
		this.database = database;
	}

	void createMissingTables() {
		// contexts of one process, which may share an H2 inside it
		IN_PROCESS.lock();
		try {
			createUnderLock();
		}
		finally {
			IN_PROCESS.unlock();
		}
	}

	private void createUnderLock() {
		try (Connection connection = this.database.dataSource().getConnection()) {
			lock(connection);
			try {
				ScriptUtils.executeSqlScript(connection, new EncodedResource(script(), StandardCharsets.UTF_8));
				if (!connection.getAutoCommit()) {
					connection.commit();
				}
			}
			finally {
				unlock(connection);
			}
		}
		catch (SQLException ex) {
			throw new UncategorizedSQLException("Creating the tables of schema-" + platform() + ".sql", null, ex);
		}
	}

	private void lock(Connection connection) throws SQLException {
		switch (this.database.dialect()) {
			case POSTGRESQL -> execute(connection, "SELECT pg_advisory_lock(hashtext('" + LOCK + "'))");
			case MARIADB, MYSQL -> execute(connection, "SELECT GET_LOCK('" + LOCK + "', 60)");
			case H2 -> {
				// the lock of the process is enough for a database within it
			}
		}
	}

	private void unlock(Connection connection) throws SQLException {
		switch (this.database.dialect()) {
			case POSTGRESQL -> execute(connection, "SELECT pg_advisory_unlock(hashtext('" + LOCK + "'))");
			case MARIADB, MYSQL -> execute(connection, "SELECT RELEASE_LOCK('" + LOCK + "')");
			case H2 -> {
				// see lock
			}
		}
	}

	private static void execute(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private ByteArrayResource script() {
		ClassPathResource file = new ClassPathResource("schema-" + platform() + ".sql", SchemaInitializer.class);
		try {
			String script = this.database.sql(file.getContentAsString(StandardCharsets.UTF_8));
			return new ByteArrayResource(script.getBytes(StandardCharsets.UTF_8), file.getDescription());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private String platform() {
		return this.database.dialect().platform();
	}

}
