package io.github.resiliencestarter;

import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * A guard refused the call: the method did not run. Never counted as a failure by a
 * circuit breaker, and cheap to create: no rejection carries a stack trace of its own.
 */
@SuppressWarnings("serial")
public abstract class CallRejectedException extends RuntimeException {

	private final String guardName;

	private final @Nullable Duration retryAfter;

	/**
	 * Create a rejection.
	 * @param message what was refused, by whom, and what may be done
	 * @param guardName the name of the guard's instance, such as
	 * {@code OrderService.place}
	 * @param retryAfter after which time another call may succeed, or {@code null} if
	 * unknown
	 */
	protected CallRejectedException(String message, String guardName, @Nullable Duration retryAfter) {
		super(message, null, false, false);
		this.guardName = guardName;
		this.retryAfter = retryAfter;
	}

	/**
	 * Return the name of the instance that refused.
	 * @return the name, as in properties and actuator
	 */
	public String guardName() {
		return this.guardName;
	}

	/**
	 * Return how long to wait before another call has a chance.
	 * @return the duration, or empty if the guard cannot know
	 */
	public Optional<Duration> retryAfter() {
		return Optional.ofNullable(this.retryAfter);
	}

}
