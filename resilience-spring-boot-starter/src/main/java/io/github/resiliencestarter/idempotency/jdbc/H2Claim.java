package io.github.resiliencestarter.idempotency.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import io.github.resiliencestarter.idempotency.Claim;
import io.github.resiliencestarter.idempotency.ClaimRequest;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;

/**
 * The claim on H2: a plain insert, whose failure leaves the transaction alive. The lock
 * time-out belongs to the session and is put back.
 */
final class H2Claim implements ClaimStatement {

	private static final String DUPLICATE_KEY = "23505";

	private static final int LOCK_TIMEOUT = 50200;

	/** How long to wait with a connection in hand. */
	private static final int LOCK_WAIT_MILLIS = 50;

	private final String insert;

	H2Claim(ResilienceDatabase database) {
		this.insert = database.sql("INSERT " + INSERT);
	}

	@Override
	public Claim execute(Connection connection, ClaimRequest request) throws SQLException {
		int patience = lockTimeout(connection);
		Sql.execute(connection, "SET LOCK_TIMEOUT " + LOCK_WAIT_MILLIS);
		try {
			Sql.update(connection, this.insert, ClaimStatement.parameters(request));
			return new Claim.Granted(0);
		}
		catch (SQLException ex) {
			return lost(ex);
		}
		finally {
			Sql.execute(connection, "SET LOCK_TIMEOUT " + patience);
		}
	}

	private static Claim lost(SQLException failure) throws SQLException {
		if (DUPLICATE_KEY.equals(failure.getSQLState())) {
			return new Claim.Hidden();
		}
		if (failure.getErrorCode() == LOCK_TIMEOUT) {
			return new Claim.Undecided();
		}
		throw failure;
	}

	private static int lockTimeout(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery("CALL LOCK_TIMEOUT()")) {
			row.next();
			return row.getInt(1);
		}
	}

}
