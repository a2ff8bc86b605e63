package io.github.resiliencestarter.circuitbreaker;

/**
 * A circuit breaker as it stood at one moment.
 *
 * @param name the breaker's name
 * @param state its state
 * @param failureRate percentage of failed calls in the window, also below the minimum
 * number of calls
 * @param slowCallRate percentage of slow calls in the window
 * @param bufferedCalls calls in the window
 * @param failedCalls failed calls in the window
 * @param slowCalls slow calls in the window
 * @param notPermittedCalls calls refused since the start of the application
 */
public record CircuitBreakerSnapshot(String name, State state, double failureRate, double slowCallRate,
		long bufferedCalls, long failedCalls, long slowCalls, long notPermittedCalls) {

	/**
	 * What a breaker does with calls.
	 */
	public enum State {

		/** Calls go through and are counted. */
		CLOSED,

		/** Calls are refused until the open time is over. */
		OPEN,

		/** A few trial calls go through and decide. */
		HALF_OPEN,

		/** Calls are refused until an operator, or a given duration, ends it. */
		FORCED_OPEN,

		/** Calls go through and are not judged. */
		DISABLED

	}

}
