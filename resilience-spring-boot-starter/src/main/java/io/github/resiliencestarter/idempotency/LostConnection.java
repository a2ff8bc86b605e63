package io.github.resiliencestarter.idempotency;

import java.sql.SQLException;

import org.jspecify.annotations.Nullable;

/**
 * Tells the failures of a commit in which the database itself said that it did not
 * happen, from those in which nobody said anything.
 */
final class LostConnection {

	private static final String COMPLETION_UNKNOWN = "40003";

	private LostConnection() {
	}

	/**
	 * Tell whether the database has answered that there was no commit.
	 * @param failure the commit's failure
	 * @return whether it has
	 */
	static boolean isRuledOutBy(Throwable failure) {
		String state = state(failure);
		return state != null && !COMPLETION_UNKNOWN.equals(state)
				&& (state.startsWith("40") || state.startsWith("23") || Contention.isCauseOf(failure));
	}

	/**
	 * Tell whether a failure is that of the connection: nothing is wrong with the call
	 * itself.
	 * @param failure the commit's failure
	 * @return whether it is
	 */
	static boolean isCauseOf(Throwable failure) {
		String state = state(failure);
		return state != null && (state.startsWith("08") || state.startsWith("57P") || state.startsWith("HY")
				|| state.startsWith("90") || COMPLETION_UNKNOWN.equals(state));
	}

	private static @Nullable String state(Throwable failure) {
		Throwable cause = failure;
		for (int depth = 0; cause != null && depth < 16; depth++) {
			if (cause instanceof SQLException sql) {
				return sql.getSQLState();
			}
			cause = cause.getCause();
		}
		return null;
	}

}
