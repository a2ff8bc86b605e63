package io.github.resiliencestarter.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

import io.github.resiliencestarter.idempotency.Claim;
import io.github.resiliencestarter.idempotency.IdempotencyId;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;

/**
 * Reads a call within a transaction that goes on. On MariaDB and MySQL a plain read could
 * be of an old snapshot; a locking one is not. Elsewhere a transaction whose snapshot is
 * too old sees nothing, and says so.
 */
final class LockingRead {

	private static final int RECORD_HAS_CHANGED = 1020;

	private final String select;

	private final String erase;

	LockingRead(ResilienceDatabase database) {
		String suffix = database.dialect().isMySqlFamily() ? " LOCK IN SHARE MODE" : "";
		this.select = database.sql(CallRow.SELECT) + suffix;
		this.erase = database.sql(CallRow.ERASE);
	}

	Claim read(Connection connection, IdempotencyId id) throws SQLException {
		try {
			Finding finding = CallRow.find(connection, this.select, this.erase, id);
			if (finding instanceof Finding.Present present) {
				return new Claim.Known(present.found());
			}
			return (finding == Finding.Absent.FORGOTTEN) ? new Claim.Undecided() : new Claim.Hidden();
		}
		catch (SQLException ex) {
			if (ex.getErrorCode() == RECORD_HAS_CHANGED) {
				return new Claim.Hidden();
			}
			throw ex;
		}
	}

}
