package io.github.resiliencestarter.circuitbreaker;

/**
 * What a circuit breaker does with its verdict.
 */
public enum CircuitBreakerMode {

	/** Refuses calls while it is open. */
	ON,

	/** Decides and counts as if it were on, but lets every call through. */
	SHADOW,

	/** Does nothing: calls bypass it. */
	OFF

}
