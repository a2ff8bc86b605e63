package io.github.resiliencestarter.idempotency;

import io.github.resiliencestarter.guard.NeverRetried;

/**
 * The key was used before for a call with other arguments: the method did not run.
 */
@SuppressWarnings("serial")
public class IdempotencyKeyReusedException extends RuntimeException implements NeverRetried {

	public IdempotencyKeyReusedException(String message) {
		super(message);
	}

}
