package io.github.resiliencestarter.idempotency;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.NeverRetried;

/**
 * The key was used before for a call with other arguments: the method did not run.
 */
@SuppressWarnings("serial")
public class IdempotencyKeyReusedException extends RuntimeException implements NeverRetried {

	private final transient @Nullable IdempotencyId call;

	public IdempotencyKeyReusedException(String message) {
		this(message, null);
	}

	IdempotencyKeyReusedException(String message, @Nullable IdempotencyId call) {
		super(message);
		this.call = call;
	}

	boolean refuses(IdempotencyId id) {
		return id.equals(this.call);
	}

}
