package io.github.resiliencestarter.idempotency;

/**
 * The idempotency key is blank, too long, not visible ASCII, or given twice: the method
 * did not run.
 */
@SuppressWarnings("serial")
public class IdempotencyKeyInvalidException extends IdempotencyKeyMissingException {

	public IdempotencyKeyInvalidException(String message) {
		super(message);
	}

}
