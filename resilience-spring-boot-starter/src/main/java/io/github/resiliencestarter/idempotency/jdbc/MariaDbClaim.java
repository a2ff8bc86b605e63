package io.github.resiliencestarter.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

import io.github.resiliencestarter.idempotency.Claim;
import io.github.resiliencestarter.idempotency.ClaimRequest;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;

/**
 * The claim on MariaDB: an insert that ignores duplicates and does not wait at all. With
 * nobody waiting for a lock, the owner's rollback cannot make its waiters deadlock with
 * each other, which is what happens here otherwise. Nothing but a duplicate can be
 * ignored: all columns have a fixed length.
 */
final class MariaDbClaim implements ClaimStatement {

	static final int LOCK_WAIT_TIMEOUT = 1205;

	private final String insert;

	MariaDbClaim(ResilienceDatabase database) {
		this.insert = database.sql("SET STATEMENT innodb_lock_wait_timeout = 0 FOR INSERT IGNORE " + INSERT);
	}

	@Override
	public Claim execute(Connection connection, ClaimRequest request) throws SQLException {
		return insert(connection, this.insert, request);
	}

	static Claim insert(Connection connection, String sql, ClaimRequest request) throws SQLException {
		try {
			int inserted = Sql.update(connection, sql, ClaimStatement.parameters(request));
			return (inserted == 1) ? new Claim.Granted(0) : new Claim.Hidden();
		}
		catch (SQLException ex) {
			if (ex.getErrorCode() == LOCK_WAIT_TIMEOUT) {
				return new Claim.Undecided();
			}
			throw ex;
		}
	}

}
