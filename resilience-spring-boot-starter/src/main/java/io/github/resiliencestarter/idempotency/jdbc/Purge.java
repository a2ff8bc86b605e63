package io.github.resiliencestarter.idempotency.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import io.github.resiliencestarter.jdbc.ResilienceDatabase;

/**
 * Removes what is past. Finds rows without a lock and changes them one by one, by primary
 * key and only if they are still past: no lock is held for longer than one row takes, and
 * several instances may purge at once.
 */
final class Purge {

	private static final String PAST = """
			SELECT id FROM resilience_idempotency WHERE purge_at <= {now} ORDER BY purge_at LIMIT ?""";

	private static final String DELETE = """
			DELETE FROM resilience_idempotency WHERE id = ? AND forget_at <= {now} AND lease_until <= {now}""";

	// a live lease is looked at again when it has ended
	private static final String DROP_REPLY = """
			UPDATE resilience_idempotency SET reply = NULL, state = CASE WHEN state = 1 THEN 2 ELSE state END,
			purge_at = CASE WHEN forget_at > {now} THEN forget_at ELSE lease_until END
			WHERE id = ? AND purge_at <= {now}""";

	private final String past;

	private final String delete;

	private final String dropReply;

	private final String count;

	Purge(ResilienceDatabase database) {
		this.past = database.sql(PAST);
		this.delete = database.sql(DELETE);
		this.dropReply = database.sql(DROP_REPLY);
		this.count = database.sql("SELECT COUNT(*) FROM resilience_idempotency");
	}

	int run(Connection connection, int most) throws SQLException {
		List<byte[]> ids = past(connection, most);
		for (byte[] id : ids) {
			if (Sql.update(connection, this.delete, id) == 0) {
				Sql.update(connection, this.dropReply, id);
			}
		}
		return ids.size();
	}

	private List<byte[]> past(Connection connection, int most) throws SQLException {
		List<byte[]> ids = new ArrayList<>();
		try (PreparedStatement statement = connection.prepareStatement(this.past)) {
			statement.setInt(1, most);
			try (ResultSet rows = statement.executeQuery()) {
				while (rows.next()) {
					ids.add(rows.getBytes(1));
				}
			}
		}
		return ids;
	}

	long count(Connection connection) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(this.count);
				ResultSet row = statement.executeQuery()) {
			row.next();
			return row.getLong(1);
		}
	}

}
