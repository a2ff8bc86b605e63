package io.github.resiliencestarter.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

import io.github.resiliencestarter.idempotency.Claim;
import io.github.resiliencestarter.idempotency.ClaimRequest;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;

/**
 * The claim on MySQL: as on MariaDB, but the limit cannot be given with the statement.
 * The session's is remembered in a variable and put back; one second is the least there
 * is.
 */
final class MySqlClaim implements ClaimStatement {

	private static final String LIMIT = "SET @resilience_wait = @@SESSION.innodb_lock_wait_timeout, "
			+ "SESSION innodb_lock_wait_timeout = 1";

	private static final String RESTORE = "SET SESSION innodb_lock_wait_timeout = @resilience_wait";

	private final String insert;

	MySqlClaim(ResilienceDatabase database) {
		this.insert = database.sql("INSERT IGNORE " + INSERT);
	}

	@Override
	public Claim execute(Connection connection, ClaimRequest request) throws SQLException {
		Sql.execute(connection, LIMIT);
		try {
			return MariaDbClaim.insert(connection, this.insert, request);
		}
		finally {
			Sql.execute(connection, RESTORE);
		}
	}

}
