package io.github.resiliencestarter.circuitbreaker;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.CallGuard;

/**
 * All circuit breakers of the application: for programmatic calls, and for operators.
 * Thread-safe. Every method that takes a name throws {@link IllegalArgumentException}
 * listing the known names if it is given another.
 */
public interface CircuitBreakers {

	/**
	 * Return the names of all breakers, from annotations and from
	 * {@code resilience.circuit-breaker.names}.
	 * @return the names, sorted
	 */
	Set<String> names();

	/**
	 * Return a breaker's state and numbers.
	 * @param name the breaker's name
	 * @return the snapshot
	 */
	CircuitBreakerSnapshot snapshot(String name);

	/**
	 * Return how many calls of a breaker ended how, since the start.
	 * @param name the breaker's name
	 * @return the numbers
	 */
	CircuitBreakerCalls calls(String name);

	/**
	 * Return a breaker for code that calls it often.
	 * @param name the breaker's name
	 * @return what runs actions as {@link #call(String, Callable)} does
	 */
	CallGuard named(String name);

	/**
	 * Run an action behind a breaker. With nothing left of the caller's time it does not
	 * run and is no sample; that is a {@code DeadlineExceededException}.
	 * @param <T> the type of the result
	 * @param name the breaker's name
	 * @param action what to run
	 * @return the action's result
	 * @throws CircuitBreakerOpenException if the breaker refuses
	 * @throws Exception what the action throws
	 */
	default <T extends @Nullable Object> T call(String name, Callable<T> action) throws Exception {
		return named(name).call(action);
	}

	/**
	 * Refuse all calls.
	 * @param name the breaker's name
	 * @param forHowLong after which time the breaker closes by itself, or {@code null}
	 * for until further notice
	 * @throws IllegalStateException if the breaker's mode is off
	 */
	void forceOpen(String name, @Nullable Duration forHowLong);

	/**
	 * Let all calls through without judging them.
	 * @param name the breaker's name
	 * @param forHowLong after which time the breaker closes by itself, or {@code null}
	 * for until further notice
	 * @throws IllegalStateException if the breaker's mode is off
	 */
	void disable(String name, @Nullable Duration forHowLong);

	/**
	 * Close the breaker, with an empty window.
	 * @param name the breaker's name
	 */
	void close(String name);

	/**
	 * Close the breaker with an empty window and forget how often it opened in a row.
	 * @param name the breaker's name
	 */
	void reset(String name);

	/**
	 * Do something with each breaker's name: with those there are, and with each that is
	 * added later. May be called twice for a name that is added at the same moment.
	 * @param action what to do, on any thread
	 */
	void forEachName(Consumer<String> action);

}
