package io.github.resiliencestarter.idempotency;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.CallRejectedException;

/**
 * The first call with this key is still running.
 */
@SuppressWarnings("serial")
public class IdempotencyConflictException extends CallRejectedException {

	private final transient @Nullable IdempotencyId call;

	public IdempotencyConflictException(String operation, @Nullable Duration retryAfter) {
		this(operation, retryAfter, null);
	}

	IdempotencyConflictException(String operation, @Nullable Duration retryAfter, @Nullable IdempotencyId call) {
		super("The first call of '" + operation + "' with this idempotency key is still running", operation,
				retryAfter);
		this.call = call;
	}

	boolean refuses(IdempotencyId id) {
		return id.equals(this.call);
	}

}
