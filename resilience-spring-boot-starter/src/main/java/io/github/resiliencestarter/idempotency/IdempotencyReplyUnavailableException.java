package io.github.resiliencestarter.idempotency;

import io.github.resiliencestarter.guard.NeverRetried;

/**
 * The call was made before and is known, but its reply is past its time to live, was too
 * large, or cannot be read any more. The method is never run again.
 */
@SuppressWarnings("serial")
public class IdempotencyReplyUnavailableException extends RuntimeException implements NeverRetried {

	public IdempotencyReplyUnavailableException(String message) {
		super(message);
	}

}
