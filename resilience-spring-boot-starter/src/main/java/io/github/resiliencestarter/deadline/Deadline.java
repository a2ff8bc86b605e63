package io.github.resiliencestarter.deadline;

import java.time.Duration;
import java.util.Optional;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;

/**
 * The moment by which the current call must have ended, as nested {@code @Timeout}s and
 * the caller's {@code X-Request-Timeout-Ms} have left it. Immutable: it may be handed to
 * other threads, where {@link #current()} would not find it.
 */
public final class Deadline {

	private final long expiresAt;

	private final MonotonicClock clock;

	private Deadline(long expiresAt, MonotonicClock clock) {
		this.expiresAt = expiresAt;
		this.clock = clock;
	}

	/**
	 * Return the deadline of what the calling thread is doing.
	 * @return the deadline, or empty if there is no limit
	 */
	public static Optional<Deadline> current() {
		return current(MonotonicClock.system());
	}

	static Optional<Deadline> current(MonotonicClock clock) {
		long expiresAt = TimeBudget.ofThread().expiresAt();
		return (expiresAt != TimeBudget.UNLIMITED) ? Optional.of(new Deadline(expiresAt, clock)) : Optional.empty();
	}

	/**
	 * Return what is left.
	 * @return the duration, zero if nothing is left
	 */
	public Duration remaining() {
		return Duration.ofNanos(Math.max(0, this.expiresAt - this.clock.nanoTime()));
	}

	/**
	 * Tell whether nothing is left.
	 * @return whether the moment has passed
	 */
	public boolean expired() {
		return this.expiresAt <= this.clock.nanoTime();
	}

	@Override
	public String toString() {
		return "Deadline in " + remaining();
	}

}
