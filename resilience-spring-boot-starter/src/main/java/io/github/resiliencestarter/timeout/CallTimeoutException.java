package io.github.resiliencestarter.timeout;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.LimitPassed;

/**
 * The call took longer than its limit. Where the method itself ended with an exception
 * after the limit, or because it was interrupted at the limit, that exception is the
 * cause.
 */
@SuppressWarnings("serial")
public class CallTimeoutException extends RuntimeException implements LimitPassed {

	private final Duration limit;

	private final transient @Nullable TimeoutInstance source;

	public CallTimeoutException(String message, Duration limit) {
		super(message);
		this.limit = limit;
		this.source = null;
	}

	CallTimeoutException(String message, Duration limit, @Nullable Throwable cause, TimeoutInstance source) {
		super(message, cause);
		this.limit = limit;
		this.source = source;
	}

	/**
	 * Return the limit that passed: the method's own, or what was left of its caller's
	 * time if that was less.
	 * @return the limit
	 */
	public Duration limit() {
		return this.limit;
	}

	boolean isFrom(TimeoutInstance instance) {
		return this.source == instance;
	}

}
