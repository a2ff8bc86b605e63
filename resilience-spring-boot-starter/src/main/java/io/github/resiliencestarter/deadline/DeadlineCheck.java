package io.github.resiliencestarter.deadline;

import java.time.Duration;

import io.github.resiliencestarter.guard.EntryCheck;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;

/**
 * Finds out whether nothing is left of the calling thread's time. Without a deadline it
 * costs one look at a thread-local.
 *
 * @param clock the clock
 */
record DeadlineCheck(MonotonicClock clock) implements EntryCheck {

	@Override
	public void enter(String name) {
		if (isPast()) {
			throw exceeded(name);
		}
	}

	boolean isPast() {
		long expiresAt = TimeBudget.ofThread().expiresAt();
		return expiresAt != TimeBudget.UNLIMITED && expiresAt <= this.clock.nanoTime();
	}

	DeadlineExceededException exceeded(String name) {
		return new DeadlineExceededException(name + " was not called: nothing was left of its caller's time",
				Duration.ZERO);
	}

}
