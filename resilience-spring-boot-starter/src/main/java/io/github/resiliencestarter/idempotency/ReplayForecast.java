package io.github.resiliencestarter.idempotency;

/**
 * Expects of an operation's next new key what the last ones were: a call that another
 * instance has answered, or a first call. Only a hint which question to ask the database
 * first; being wrong costs statements and changes no outcome.
 * <p>
 * A saturating counter of two bits (J. E. Smith, "A Study of Branch Prediction
 * Strategies", 1981): among calls of one kind a single one of the other kind changes
 * nothing, two in a row do. So now and then a duplicate does not slow the first calls
 * after it, and a burst of duplicates is noticed at once. Thread-safe; an observation
 * that is lost in a race does not matter.
 */
final class ReplayForecast {

	private static final int MOST = 3;

	private static final int REPLAY = 2;

	// a first call is expected, until the first duplicate
	private volatile int counter = 1;

	boolean expectsReplay() {
		return this.counter >= REPLAY;
	}

	void observe(boolean replayed) {
		int before = this.counter;
		int after = replayed ? Math.min(before + 1, MOST) : Math.max(before - 1, 0);
		if (after != before) {
			this.counter = after;
		}
	}

}
