package io.github.resiliencestarter.idempotency.jdbc;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;

import io.github.resiliencestarter.idempotency.Claim;
import io.github.resiliencestarter.idempotency.ClaimRequest;
import io.github.resiliencestarter.idempotency.IdempotencyId;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;

/**
 * The claim on PostgreSQL: an insert that ignores duplicates and does not wait for an
 * undecided transaction, because the lock that keeps it from meeting one is only tried.
 * The lock decides nothing but that: whether the key is free is known to the index alone.
 * It is an advisory one of the transaction, so it ends with it, or with its savepoint.
 */
final class PostgresClaim implements ClaimStatement {

	private static final String SERIALIZATION_FAILURE = "40001";

	private static final String CLAIM = """
			INSERT INTO resilience_idempotency
			(id, fingerprint, state, owner, token, lease_until, reply_until, forget_at, purge_at)
			SELECT ?, ?, 0, ?, 0, 0, {now} + ?, {now} + ?, {now} + ?
			WHERE pg_try_advisory_xact_lock(?)
			ON CONFLICT (id) DO NOTHING""";

	private final String claim;

	private final String read;

	PostgresClaim(ResilienceDatabase database) {
		this.claim = database.sql(CLAIM);
		this.read = database.sql(CallRow.SELECT);
	}

	@Override
	public Claim execute(Connection connection, ClaimRequest request) throws SQLException {
		try {
			int inserted = Sql.update(connection, this.claim, parameters(request));
			return (inserted == 1) ? new Claim.Granted(0) : read(connection, request.id());
		}
		catch (SQLException ex) {
			if (SERIALIZATION_FAILURE.equals(ex.getSQLState())) {
				return new Claim.Hidden();
			}
			throw ex;
		}
	}

	/**
	 * Look why a key was not to be had. The insert has seen what has committed up to now;
	 * so this finds it, unless the transaction's snapshot is older or nothing has.
	 */
	private Claim read(Connection connection, IdempotencyId id) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(this.read)) {
			statement.setBytes(1, id.bytes());
			try (ResultSet rows = statement.executeQuery()) {
				return rows.next() ? found(rows) : new Claim.Undecided();
			}
		}
	}

	private static Claim found(ResultSet row) throws SQLException {
		return CallRow.isForgotten(row) ? new Claim.Hidden() : new Claim.Known(CallRow.read(row));
	}

	private static Object[] parameters(ClaimRequest request) {
		Object[] shared = ClaimStatement.parameters(request);
		Object[] parameters = Arrays.copyOf(shared, shared.length + 1);
		parameters[shared.length] = ByteBuffer.wrap(request.id().bytes()).getLong();
		return parameters;
	}

}
