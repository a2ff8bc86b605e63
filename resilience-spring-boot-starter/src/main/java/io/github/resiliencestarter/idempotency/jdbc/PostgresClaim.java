package io.github.resiliencestarter.idempotency.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import io.github.resiliencestarter.idempotency.Claim;
import io.github.resiliencestarter.idempotency.ClaimRequest;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;

/**
 * The claim on PostgreSQL: one statement that inserts the key or else reads it, waits for
 * an undecided transaction only briefly, and puts the lock time-out back in the same
 * breath.
 * <p>
 * {@code set_config} in the source row runs before the insert can block; the one in
 * {@code RETURNING} runs after it, and not at all for a duplicate, in which case the
 * caller ends the transaction or goes back to a savepoint. At SERIALIZABLE the reading
 * half is left out: it would make neighbours in the index conflict with each other.
 */
final class PostgresClaim implements ClaimStatement {

	private static final String LOCK_NOT_AVAILABLE = "55P03";

	private static final String SERIALIZATION_FAILURE = "40001";

	private static final String CLAIM = """
			INSERT INTO resilience_idempotency
			(id, fingerprint, state, owner, token, lease_until, reply_until, forget_at, purge_at)
			SELECT CAST(? AS BYTEA), CAST(? AS BYTEA), 0, CAST(? AS BIGINT), 0, 0,
			limited.now + CAST(? AS BIGINT), limited.now + CAST(? AS BIGINT), limited.now + CAST(? AS BIGINT)
			FROM (SELECT {now} AS now,
			concat(set_config('resilience.lock_timeout', current_setting('lock_timeout'), true),
			set_config('lock_timeout', '%dms', true)) AS limits) limited
			WHERE limited.limits IS NOT NULL
			ON CONFLICT (id) DO NOTHING
			RETURNING set_config('lock_timeout', current_setting('resilience.lock_timeout'), true) AS restored
			""".formatted(LOCK_WAIT_MILLIS);

	private static final String CLAIM_OR_READ = """
			WITH claim AS (%s)
			SELECT restored, NULL AS fingerprint, NULL AS state, NULL AS owner, NULL AS token, NULL AS reply,
			NULL AS leased, NULL AS reply_expired, NULL AS forgotten FROM claim
			UNION ALL
			SELECT NULL, %s FROM resilience_idempotency WHERE id = ?
			""".formatted(CLAIM, CallRow.COLUMNS);

	private final String claim;

	private final String claimOrRead;

	PostgresClaim(ResilienceDatabase database) {
		this.claim = database.sql(CLAIM);
		this.claimOrRead = database.sql(CLAIM_OR_READ);
	}

	@Override
	public Claim execute(Connection connection, ClaimRequest request) throws SQLException {
		boolean reads = !isSerializable(connection);
		try (PreparedStatement statement = connection.prepareStatement(reads ? this.claimOrRead : this.claim)) {
			Object[] parameters = ClaimStatement.parameters(request);
			Sql.bind(statement, parameters);
			if (reads) {
				statement.setBytes(parameters.length + 1, request.id().bytes());
			}
			try (ResultSet rows = statement.executeQuery()) {
				return outcome(rows);
			}
		}
		catch (SQLException ex) {
			return lost(ex);
		}
	}

	private static Claim outcome(ResultSet rows) throws SQLException {
		if (!rows.next()) {
			return new Claim.Hidden();
		}
		if (rows.getString("restored") != null) {
			return new Claim.Granted(0);
		}
		return CallRow.isForgotten(rows) ? new Claim.Hidden() : new Claim.Known(CallRow.read(rows));
	}

	private static Claim lost(SQLException failure) throws SQLException {
		if (LOCK_NOT_AVAILABLE.equals(failure.getSQLState())) {
			return new Claim.Undecided();
		}
		if (SERIALIZATION_FAILURE.equals(failure.getSQLState())) {
			return new Claim.Hidden();
		}
		throw failure;
	}

	private static boolean isSerializable(Connection connection) {
		Integer isolation = TransactionSynchronizationManager.getCurrentTransactionIsolationLevel();
		return isolation != null && isolation == TransactionDefinition.ISOLATION_SERIALIZABLE;
	}

}
