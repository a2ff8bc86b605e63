package io.github.resiliencestarter.deadline;

import java.time.Duration;

import io.github.resiliencestarter.guard.NeverRetried;
import io.github.resiliencestarter.timeout.CallTimeoutException;

/**
 * Nothing was left of the caller's time when the method was entered: it did not run, and
 * is never retried.
 */
@SuppressWarnings("serial")
public class DeadlineExceededException extends CallTimeoutException implements NeverRetried {

	public DeadlineExceededException(String message, Duration limit) {
		super(message, limit);
	}

}
