package io.github.resiliencestarter.idempotency;

/**
 * The lease of the leased call that the current thread is running. Immutable.
 */
public final class IdempotencyLease {

	private final long token;

	private IdempotencyLease(long token) {
		this.token = token;
	}

	/**
	 * Return the lease of the innermost {@link Idempotent.Mode#LEASED} call that this
	 * thread is running.
	 * @return the lease
	 * @throws IllegalStateException if there is none
	 */
	public static IdempotencyLease current() {
		IdempotencyScope scope = IdempotencyScope.current();
		Long token = (scope != null) ? scope.leaseToken() : null;
		if (token == null) {
			throw new IllegalStateException("This thread is not running a method that is @Idempotent(mode = LEASED)");
		}
		return new IdempotencyLease(token);
	}

	/**
	 * Return the fencing token: greater than that of every earlier owner of the same key.
	 * A resource that keeps the greatest token it has seen, and refuses lesser ones, is
	 * safe from owners that were given up and come back.
	 * @return the token, greater than zero
	 */
	public long token() {
		return this.token;
	}

}
