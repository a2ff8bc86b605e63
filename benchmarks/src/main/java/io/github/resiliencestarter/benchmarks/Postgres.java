package io.github.resiliencestarter.benchmarks;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/**
 * A PostgreSQL server of this machine whose commits are durable: the embedded one comes
 * with {@code fsync} off, which would flatter everybody. No checkpoint falls into a
 * measurement.
 */
public final class Postgres implements AutoCloseable {

	private static final List<String> SETTINGS = List.of("fsync", "synchronous_commit", "full_page_writes",
			"shared_buffers", "max_wal_size");

	private final EmbeddedPostgres server;

	/**
	 * Start the server.
	 * @throws IOException when it does not start
	 */
	public Postgres() throws IOException {
		this.server = EmbeddedPostgres.builder()
			.setServerConfig("fsync", "on")
			.setServerConfig("synchronous_commit", "on")
			.setServerConfig("full_page_writes", "on")
			.setServerConfig("shared_buffers", "512MB")
			.setServerConfig("max_wal_size", "8GB")
			.setServerConfig("checkpoint_timeout", "1h")
			.setServerConfig("max_connections", "200")
			.setPGStartupWait(Duration.ofMinutes(1))
			.start();
	}

	/**
	 * Create an empty database.
	 * @param name its name
	 * @return its URL, with user
	 */
	public String createDatabase(String name) {
		query("CREATE DATABASE " + name);
		return this.server.getJdbcUrl("postgres", name);
	}

	/**
	 * Describe the server.
	 * @return version and the settings that decide about durability
	 */
	public String describe() {
		List<String> settings = new ArrayList<>();
		for (String setting : SETTINGS) {
			settings.add(setting + " = " + query("SHOW " + setting));
		}
		return "PostgreSQL " + query("SHOW server_version").replaceFirst(" .*", "") + ", "
				+ String.join(", ", settings);
	}

	private String query(String sql) {
		try (Connection connection = this.server.getPostgresDatabase().getConnection();
				Statement statement = connection.createStatement()) {
			if (!statement.execute(sql)) {
				return "";
			}
			try (ResultSet rows = statement.getResultSet()) {
				rows.next();
				return rows.getString(1);
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(sql, ex);
		}
	}

	@Override
	public void close() throws IOException {
		this.server.close();
	}

}
