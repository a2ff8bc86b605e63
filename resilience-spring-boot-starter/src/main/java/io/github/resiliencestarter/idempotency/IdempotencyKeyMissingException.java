package io.github.resiliencestarter.idempotency;

import io.github.resiliencestarter.guard.NeverRetried;

/**
 * There is no idempotency key, or it is blank, too long or not visible ASCII: the method
 * did not run.
 */
@SuppressWarnings("serial")
public class IdempotencyKeyMissingException extends RuntimeException implements NeverRetried {

	public IdempotencyKeyMissingException(String message) {
		super(message);
	}

}
