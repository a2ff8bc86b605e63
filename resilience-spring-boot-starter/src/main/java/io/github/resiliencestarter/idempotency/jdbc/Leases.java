package io.github.resiliencestarter.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.time.Duration;

import io.github.resiliencestarter.idempotency.Claim;
import io.github.resiliencestarter.idempotency.ClaimRequest;
import io.github.resiliencestarter.idempotency.IdempotencyId;
import io.github.resiliencestarter.idempotency.StoredCall;
import io.github.resiliencestarter.idempotency.StoredCall.Phase;
import io.github.resiliencestarter.idempotency.StoredReply;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.SqlDialect;

/**
 * Leased calls. Every statement stands for itself, and each that changes a call names the
 * token: tokens of one key only grow, also when the row was forgotten in between, because
 * a new row's token is the time.
 */
final class Leases {

	private static final String INSERT = """
			INTO resilience_idempotency
			(id, fingerprint, state, owner, token, lease_until, reply_until, forget_at, purge_at)
			VALUES (?, ?, 0, ?, {now}, {now} + ?, {now} + ?, {now} + ?, {now} + ?)""";

	private static final String TAKE_OVER = """
			UPDATE resilience_idempotency
			SET fingerprint = ?, state = 0, owner = ?, token = GREATEST(token + 1, {now}), lease_until = {now} + ?,
			reply_until = {now} + ?, forget_at = {now} + ?, purge_at = {now} + ?, reply = NULL
			WHERE id = ? AND lease_until <= {now}
			AND (state = 3 OR forget_at <= {now} OR (state = 0 AND fingerprint = ?))""";

	private static final String RENEW = """
			UPDATE resilience_idempotency SET lease_until = {now} + ? WHERE id = ? AND token = ? AND state = 0""";

	private static final String COMPLETE = """
			UPDATE resilience_idempotency SET state = ?, reply = ?, lease_until = 0
			WHERE id = ? AND token = ? AND state = 0""";

	private static final String RELEASE = """
			UPDATE resilience_idempotency SET state = 3, lease_until = 0 WHERE id = ? AND token = ? AND state = 0""";

	private final String insert;

	private final String takeOver;

	private final String renew;

	private final String complete;

	private final String release;

	private final String select;

	private final String erase;

	Leases(ResilienceDatabase database) {
		this.insert = database.sql(insert(database.dialect()));
		this.takeOver = database.sql(TAKE_OVER);
		this.renew = database.sql(RENEW);
		this.complete = database.sql(COMPLETE);
		this.release = database.sql(RELEASE);
		this.select = database.sql(CallRow.SELECT);
		this.erase = database.sql(CallRow.ERASE);
	}

	private static String insert(SqlDialect dialect) {
		return switch (dialect) {
			case H2 -> "INSERT " + INSERT;
			case POSTGRESQL -> "INSERT " + INSERT + " ON CONFLICT (id) DO NOTHING";
			case MARIADB, MYSQL -> "INSERT IGNORE " + INSERT;
		};
	}

	Claim acquire(Connection connection, ClaimRequest request, Duration lease) throws SQLException {
		if (!insert(connection, request, lease)) {
			takeOver(connection, request, lease);
		}
		return CallRow.find(connection, this.select, this.erase, request.id())
			.call()
			.map((call) -> outcome(call, request))
			.orElseGet(Claim.Undecided::new);
	}

	private static Claim outcome(StoredCall call, ClaimRequest request) {
		boolean ours = call.owner() == request.owner()
				&& (call.phase() == Phase.RUNNING || call.phase() == Phase.ABANDONED);
		return ours ? new Claim.Granted(call.token()) : new Claim.Known(call);
	}

	private boolean insert(Connection connection, ClaimRequest request, Duration lease) throws SQLException {
		long ttl = request.ttl().toMillis();
		try {
			return Sql.update(connection, this.insert, request.id().bytes(), request.fingerprint().bytes(),
					request.owner(), lease.toMillis(), ttl, request.retention().toMillis(), ttl) == 1;
		}
		catch (SQLIntegrityConstraintViolationException ex) {
			return false;
		}
	}

	private void takeOver(Connection connection, ClaimRequest request, Duration lease) throws SQLException {
		long ttl = request.ttl().toMillis();
		Sql.update(connection, this.takeOver, request.fingerprint().bytes(), request.owner(), lease.toMillis(), ttl,
				request.retention().toMillis(), ttl, request.id().bytes(), request.fingerprint().bytes());
	}

	boolean renew(Connection connection, IdempotencyId id, long token, Duration lease) throws SQLException {
		return Sql.update(connection, this.renew, lease.toMillis(), id.bytes(), token) == 1;
	}

	boolean complete(Connection connection, IdempotencyId id, long token, StoredReply reply) throws SQLException {
		return Sql.update(connection, this.complete, JdbcIdempotencyStore.state(reply), reply.body(), id.bytes(),
				token) == 1;
	}

	boolean release(Connection connection, IdempotencyId id, long token) throws SQLException {
		return Sql.update(connection, this.release, id.bytes(), token) == 1;
	}

}
