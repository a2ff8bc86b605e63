package io.github.resiliencestarter.circuitbreaker;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.CallRejectedException;

/**
 * The circuit breaker is open, or half-open with no trial call free.
 */
@SuppressWarnings("serial")
public class CircuitBreakerOpenException extends CallRejectedException {

	public CircuitBreakerOpenException(String guardName, @Nullable Duration retryAfter) {
		super("Circuit breaker '" + guardName + "' does not permit calls", guardName, retryAfter);
	}

}
