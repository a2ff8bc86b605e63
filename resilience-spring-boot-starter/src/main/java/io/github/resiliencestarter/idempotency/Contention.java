package io.github.resiliencestarter.idempotency;

import java.sql.SQLException;
import java.util.Set;

/**
 * Tells failures that only say "not now": serialization failures, deadlocks and lock
 * time-outs. The transaction is rolled back and may be tried again.
 */
final class Contention {

	private static final Set<String> STATES = Set.of("40001", "40P01", "55P03", "HYT00");

	// MariaDB and MySQL: record changed, lock wait, deadlock, NOWAIT; H2: lock, update
	private static final Set<Integer> CODES = Set.of(1020, 1205, 1213, 3572, 50200, 90131);

	private Contention() {
	}

	static boolean isCauseOf(Throwable failure) {
		Throwable cause = failure;
		for (int depth = 0; cause != null && depth < 16; depth++) {
			if (cause instanceof SQLException sql) {
				return STATES.contains(String.valueOf(sql.getSQLState())) || CODES.contains(sql.getErrorCode());
			}
			cause = cause.getCause();
		}
		return false;
	}

}
