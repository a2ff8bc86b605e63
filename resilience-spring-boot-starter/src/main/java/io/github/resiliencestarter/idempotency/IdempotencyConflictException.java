package io.github.resiliencestarter.idempotency;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.CallRejectedException;

/**
 * The first call with this key is still running.
 */
@SuppressWarnings("serial")
public class IdempotencyConflictException extends CallRejectedException {

	public IdempotencyConflictException(String operation, @Nullable Duration retryAfter) {
		super("The first call of '" + operation + "' with this idempotency key is still running", operation,
				retryAfter);
	}

}
