package io.github.resiliencestarter.idempotency;

import java.time.Duration;

import io.github.resiliencestarter.guard.MonotonicClock;

/**
 * A lease as its owner knows it.
 * <p>
 * The invariant: counted by the owner's clock from before the database was asked, a lease
 * ends no later than counted by the database. So an owner that cannot reach the database
 * still knows for how long nobody else has the key. After that somebody may have it;
 * whether somebody has, the token tells, which the database compares at every step.
 * Thread-safe.
 */
final class HeldLease {

	/** The database counts in whole milliseconds. */
	private static final Duration GRAIN = Duration.ofMillis(1);

	private final IdempotencyStore store;

	private final MonotonicClock clock;

	private final IdempotencyId id;

	private final long token;

	private final Duration length;

	private volatile long end;

	private volatile boolean settling;

	/**
	 * Create the owner's view of a lease that was granted.
	 * @param store where it is kept
	 * @param clock the owner's clock
	 * @param call the call that owns it
	 * @param token its token
	 * @param asked when the store was asked for it first, by the owner's clock
	 */
	HeldLease(IdempotencyStore store, MonotonicClock clock, IdempotentCall call, long token, long asked) {
		this.store = store;
		this.clock = clock;
		this.id = call.id();
		this.token = token;
		this.length = call.rules().lease();
		this.end = end(asked);
	}

	private long end(long asked) {
		return asked + this.length.minus(GRAIN).toNanos();
	}

	IdempotencyId id() {
		return this.id;
	}

	long token() {
		return this.token;
	}

	Duration length() {
		return this.length;
	}

	/**
	 * Return for how long nobody else can have the key.
	 * @return how long, zero when the lease is over
	 */
	Duration remaining() {
		return Duration.ofNanos(Math.max(0, this.end - this.clock.nanoTime()));
	}

	boolean isOver() {
		return remaining().isZero();
	}

	/**
	 * Give a sign of life.
	 * @return whether the key is still this owner's
	 */
	boolean renew() {
		long asked = this.clock.nanoTime();
		boolean held = this.store.renew(this.id, this.token, this.length);
		this.end = held ? end(asked) : asked;
		return held;
	}

	/**
	 * The owner is about to record how the call has ended: from now on it can be that a
	 * renewal finds the call done.
	 */
	void settle() {
		this.settling = true;
	}

	boolean isSettling() {
		return this.settling;
	}

}
