package io.github.resiliencestarter.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

import io.github.resiliencestarter.idempotency.Claim;
import io.github.resiliencestarter.idempotency.ClaimRequest;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;

/**
 * The insert that only one of several transactions can make. On every database it would
 * wait for a transaction that has inserted the key and not ended, at every isolation
 * level; each is told in its own way not to wait, or not for long, and such that the
 * application's statements in the same transaction keep their own limits.
 */
@FunctionalInterface
interface ClaimStatement {

	String INSERT = """
			INTO resilience_idempotency
			(id, fingerprint, state, owner, token, lease_until, reply_until, forget_at, purge_at)
			VALUES (?, ?, 0, ?, 0, 0, {now} + ?, {now} + ?, {now} + ?)""";

	Claim execute(Connection connection, ClaimRequest request) throws SQLException;

	static ClaimStatement of(ResilienceDatabase database) {
		return switch (database.dialect()) {
			case H2 -> new H2Claim(database);
			case POSTGRESQL -> new PostgresClaim(database);
			case MARIADB -> new MariaDbClaim(database);
			case MYSQL -> new MySqlClaim(database);
		};
	}

	static Object[] parameters(ClaimRequest request) {
		long ttl = request.ttl().toMillis();
		return new Object[] { request.id().bytes(), request.fingerprint().bytes(), request.owner(), ttl,
				request.retention().toMillis(), ttl };
	}

}
