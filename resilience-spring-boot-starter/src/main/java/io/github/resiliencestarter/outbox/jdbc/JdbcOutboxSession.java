package io.github.resiliencestarter.outbox.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.SqlDialect;
import io.github.resiliencestarter.outbox.Committed;
import io.github.resiliencestarter.outbox.OutboxSession;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.support.JdbcUtils;

/**
 * A connection that holds a lock named after its instance: when the instance dies, the
 * database ends the connection and frees the lock, which the others find within moments.
 * A stopped process or a broken network keeps it, so the leases remain the truth. Dead is
 * only who was seen alive: when the database restarts, all locks are free until their
 * owners, who live, are back.
 */
final class JdbcOutboxSession implements OutboxSession {

	private final ResilienceDatabase database;

	private final Connection connection;

	private final String owner;

	private final Announcements announcements;

	/** Whose locks this session found taken. */
	private final Set<String> seenAlive = new HashSet<>();

	JdbcOutboxSession(ResilienceDatabase database, Connection connection, String owner, MonotonicClock clock)
			throws SQLException {
		this.database = database;
		this.connection = connection;
		this.owner = owner;
		connection.setAutoCommit(true);
		execute(isPostgres() ? "SELECT pg_advisory_lock(hashtext(?), hashtext(?))" : "SELECT GET_LOCK(CONCAT(?, ?), 5)",
				lockSpace(), owner);
		this.announcements = isPostgres() ? PostgresAnnouncements.open(database, connection, clock)
				: Announcements.none(clock);
	}

	static boolean isSupported(SqlDialect dialect) {
		return dialect != SqlDialect.H2;
	}

	private boolean isPostgres() {
		return this.database.dialect() == SqlDialect.POSTGRESQL;
	}

	/**
	 * A lock name has at most 64 characters on MySQL, of which the owner has up to 44.
	 */
	private String lockSpace() {
		return Integer.toHexString(this.database.sql("resilience_outbox").hashCode()) + ":";
	}

	@Override
	public List<Committed> listen(Duration longest) {
		try {
			return this.announcements.listen(longest);
		}
		catch (SQLException ex) {
			throw broken(ex);
		}
	}

	@Override
	public boolean expireDead() {
		try {
			update("UPDATE resilience_outbox_member SET has_session = TRUE WHERE owner = ? AND has_session = FALSE",
					this.owner);
			List<String> dead = dead();
			for (String each : dead) {
				update("UPDATE resilience_outbox_lease SET expires_at = 1 WHERE owner = ?", each);
				update("DELETE FROM resilience_outbox_member WHERE owner = ?", each);
			}
			return !dead.isEmpty();
		}
		catch (SQLException ex) {
			throw broken(ex);
		}
	}

	private List<String> dead() throws SQLException {
		List<String> dead = new ArrayList<>();
		for (String other : query("SELECT owner FROM resilience_outbox_member WHERE has_session = TRUE AND owner <> ?",
				this.owner)) {
			if (!isFree(other)) {
				this.seenAlive.add(other);
			}
			else if (this.seenAlive.remove(other)) {
				dead.add(other);
			}
		}
		return dead;
	}

	private boolean isFree(String other) throws SQLException {
		if (!isPostgres()) {
			return query("SELECT IS_FREE_LOCK(CONCAT(?, ?))", lockSpace(), other).contains("1");
		}
		boolean free = query("SELECT pg_try_advisory_lock(hashtext(?), hashtext(?))", lockSpace(), other).contains("t");
		if (free) {
			execute("SELECT pg_advisory_unlock(hashtext(?), hashtext(?))", lockSpace(), other);
		}
		return free;
	}

	private List<String> query(String sql, String... arguments) throws SQLException {
		try (PreparedStatement statement = prepare(sql, arguments); ResultSet rows = statement.executeQuery()) {
			List<String> values = new ArrayList<>();
			while (rows.next()) {
				values.add(rows.getString(1));
			}
			return values;
		}
	}

	private void execute(String sql, String... arguments) throws SQLException {
		query(sql, arguments);
	}

	private void update(String sql, String... arguments) throws SQLException {
		try (PreparedStatement statement = prepare(sql, arguments)) {
			statement.executeUpdate();
		}
	}

	private PreparedStatement prepare(String sql, String... arguments) throws SQLException {
		PreparedStatement statement = this.connection.prepareStatement(this.database.sql(sql));
		for (int index = 0; index < arguments.length; index++) {
			statement.setString(index + 1, arguments[index]);
		}
		return statement;
	}

	private static DataAccessResourceFailureException broken(SQLException failure) {
		return new DataAccessResourceFailureException("The outbox's session broke", failure);
	}

	@Override
	public void close() {
		try {
			this.announcements.close();
			execute(isPostgres() ? "SELECT pg_advisory_unlock(hashtext(?), hashtext(?))"
					: "SELECT RELEASE_LOCK(CONCAT(?, ?))", lockSpace(), this.owner);
		}
		catch (SQLException ex) {
			// the lock goes with the connection
		}
		JdbcUtils.closeConnection(this.connection);
	}

}
