package io.github.resiliencestarter.idempotency.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

import io.github.resiliencestarter.idempotency.CallFingerprint;
import io.github.resiliencestarter.idempotency.IdempotencyId;
import io.github.resiliencestarter.idempotency.StoredCall;
import io.github.resiliencestarter.idempotency.StoredCall.Phase;
import io.github.resiliencestarter.idempotency.StoredReply;

/**
 * How a call is written in its row.
 */
final class CallRow {

	static final int RUNNING = 0;

	static final int DONE = 1;

	static final int DONE_WITHOUT_REPLY = 2;

	static final int FREE = 3;

	static final String COLUMNS = """
			fingerprint, state, owner, token, reply,
			CASE WHEN lease_until > {now} THEN 1 ELSE 0 END AS leased,
			CASE WHEN reply_until > {now} THEN 0 ELSE 1 END AS reply_expired,
			CASE WHEN forget_at > {now} OR lease_until > {now} THEN 0 ELSE 1 END AS forgotten""";

	static final String SELECT = "SELECT " + COLUMNS + " FROM resilience_idempotency WHERE id = ?";

	/** Takes away a row whose retention is over. */
	static final String ERASE = """
			DELETE FROM resilience_idempotency WHERE id = ? AND forget_at <= {now} AND lease_until <= {now}""";

	private CallRow() {
	}

	/**
	 * Read a call.
	 * @param connection the connection
	 * @param select {@link #SELECT}, as the database wants it
	 * @param erase {@link #ERASE}, as the database wants it: run only for a row that has
	 * been seen, because on some databases it would wait for one that has not
	 * @param id the key
	 * @return what is there
	 */
	static Finding find(Connection connection, String select, String erase, IdempotencyId id) throws SQLException {
		Finding finding;
		try (PreparedStatement statement = connection.prepareStatement(select)) {
			statement.setBytes(1, id.bytes());
			try (ResultSet rows = statement.executeQuery()) {
				finding = finding(rows);
			}
		}
		if (finding == Finding.Absent.FORGOTTEN) {
			Sql.update(connection, erase, id.bytes());
		}
		return finding;
	}

	private static Finding finding(ResultSet rows) throws SQLException {
		if (!rows.next()) {
			return Finding.Absent.NOTHING;
		}
		return isForgotten(rows) ? Finding.Absent.FORGOTTEN : new Finding.Present(read(rows));
	}

	static boolean isForgotten(ResultSet row) throws SQLException {
		return row.getInt("forgotten") == 1;
	}

	static StoredCall read(ResultSet row) throws SQLException {
		int state = row.getInt("state");
		CallFingerprint fingerprint = new CallFingerprint(row.getBytes("fingerprint"));
		StoredReply reply = new StoredReply(state == DONE_WITHOUT_REPLY, row.getBytes("reply"));
		return new StoredCall(fingerprint, phase(state, row.getInt("leased") == 1), row.getLong("owner"),
				row.getLong("token"), reply, row.getInt("reply_expired") == 1);
	}

	private static Phase phase(int state, boolean leased) {
		return switch (state) {
			case RUNNING -> leased ? Phase.RUNNING : Phase.ABANDONED;
			case FREE -> Phase.FREE;
			default -> Phase.DONE;
		};
	}

}
