package io.github.resiliencestarter.outbox;

import java.time.Duration;

/**
 * Thrown by a handler that wants the message again after a given time, without using up
 * an attempt.
 */
@SuppressWarnings("serial")
public final class RetryLaterException extends RuntimeException {

	private final Duration after;

	public RetryLaterException(Duration after) {
		super("Retry after " + after);
		this.after = after;
	}

	/**
	 * Return after which time the message is delivered again.
	 * @return the duration
	 */
	public Duration after() {
		return this.after;
	}

}
