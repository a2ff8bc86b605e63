package io.github.resiliencestarter.idempotency.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;

import io.github.resiliencestarter.idempotency.ClaimRequest;
import io.github.resiliencestarter.idempotency.StoredReply;
import io.github.resiliencestarter.jdbc.TailStatement;

/**
 * Records a reply together with the commit on PostgreSQL. Nobody can look at what came of
 * it before the commit, so it is an update that cannot miss: where a method has rolled
 * the claim back behind everybody's back, key and reply are inserted with whatever it did
 * afterwards; where somebody else has claimed the key since, the statement fails.
 *
 * @param sql {@link #SQL} as the database wants it
 * @param claim what was claimed
 * @param reply the reply
 */
record LastRecord(String sql, ClaimRequest claim, StoredReply reply) implements TailStatement {

	static final String SQL = """
			INSERT INTO resilience_idempotency AS claimed
			(id, fingerprint, owner, reply_until, forget_at, purge_at, state, reply, token, lease_until)
			VALUES (?, ?, ?, {now} + ?, {now} + ?, {now} + ?, ?, ?, 0, 0)
			ON CONFLICT (id) DO UPDATE SET reply = EXCLUDED.reply,
			state = CASE WHEN claimed.owner = EXCLUDED.owner THEN EXCLUDED.state
			ELSE CAST('The claim of this call is not in this transaction any more: ' || claimed.owner AS SMALLINT) END""";

	@Override
	public int bind(PreparedStatement statement, int first) throws SQLException {
		int next = Sql.bind(statement, first, ClaimStatement.parameters(this.claim));
		return Sql.bind(statement, next, JdbcIdempotencyStore.state(this.reply), this.reply.body());
	}

}
