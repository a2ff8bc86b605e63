package io.github.resiliencestarter.idempotency;

import java.time.Duration;

/**
 * The lease of the leased call that the current thread is running. Thread-safe.
 */
public final class IdempotencyLease {

	private final HeldLease lease;

	private IdempotencyLease(HeldLease lease) {
		this.lease = lease;
	}

	/**
	 * Return the lease of the innermost {@link Idempotent.Mode#LEASED} call that this
	 * thread is running.
	 * @return the lease
	 * @throws IllegalStateException if there is none
	 */
	public static IdempotencyLease current() {
		IdempotencyScope scope = IdempotencyScope.current();
		HeldLease lease = (scope != null) ? scope.lease() : null;
		if (lease == null) {
			throw new IllegalStateException("This thread is not running a method that is @Idempotent(mode = LEASED)");
		}
		return new IdempotencyLease(lease);
	}

	/**
	 * Return the fencing token: greater than that of every earlier owner of the same key.
	 * A resource that keeps the greatest token it has seen, and refuses lesser ones, is
	 * safe from owners that were given up and come back.
	 * @return the token, greater than zero
	 */
	public long token() {
		return this.lease.token();
	}

	/**
	 * Return for how long no other owner can have the key, as far as this process knows
	 * by its own clock. The lease is renewed while the method runs; this becomes zero
	 * where the database could not be reached for too long, or this process was paused.
	 * Then another call may be running, and a step that cannot be taken back had better
	 * not be taken.
	 * @return how long, zero when the lease may be over
	 */
	public Duration remaining() {
		return this.lease.remaining();
	}

}
