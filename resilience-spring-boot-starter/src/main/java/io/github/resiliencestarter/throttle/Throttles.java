package io.github.resiliencestarter.throttle;

import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.CallGuard;

/**
 * All throttles of the application: for programmatic calls, and for operators, who read
 * their numbers and change their limits while they run. Thread-safe. Every method that
 * takes a name throws {@link IllegalArgumentException} listing the known names if it is
 * given another.
 */
public interface Throttles {

	/**
	 * Return the names of all throttles, from annotations and from
	 * {@code resilience.throttle.names}.
	 * @return the names, sorted
	 */
	Set<String> names();

	/**
	 * Return a throttle's limits and numbers.
	 * @param name the throttle's name
	 * @return the snapshot
	 */
	ThrottleSnapshot snapshot(String name);

	/**
	 * Return a throttle for code that calls it often.
	 * @param name the throttle's name
	 * @return what runs actions as {@link #call(String, Callable)} does
	 * @throws IllegalArgumentException if the throttle has a limit for each key
	 */
	CallGuard named(String name);

	/**
	 * Run an action if a throttle lets it in. It is in flight until it returns; a result
	 * that comes later, such as a future, is not waited for. A refusal by a guard inside
	 * the action gives the permit back. With nothing left of the caller's time the action
	 * does not run and takes no permit; that is a {@code DeadlineExceededException}.
	 * @param <T> the type of the result
	 * @param name the throttle's name
	 * @param action what to run
	 * @return the action's result
	 * @throws ThrottledException if there is no permit or no slot in time
	 * @throws IllegalArgumentException if the throttle has a limit for each key
	 * @throws Exception what the action throws
	 */
	default <T extends @Nullable Object> T call(String name, Callable<T> action) throws Exception {
		return named(name).call(action);
	}

	/**
	 * Run an action if the limit of its key lets it in.
	 * @param <T> the type of the result
	 * @param name the throttle's name
	 * @param key the key: what the throttle's expression would yield, with {@code equals}
	 * @param action what to run
	 * @return the action's result
	 * @throws ThrottledException if there is no permit or no slot in time
	 * @throws IllegalArgumentException if the throttle has one limit for all calls
	 * @throws Exception what the action throws
	 */
	<T extends @Nullable Object> T call(String name, Object key, Callable<T> action) throws Exception;

	/**
	 * Change a throttle's rate. No caller is blocked meanwhile, and nothing is forgotten:
	 * as many permits are left as were, or the new burst if that is less, and from then
	 * on they come back at the new rate; calls that wait keep their turn. Lasts until the
	 * application ends; in scope CLUSTER it holds for the calls of this instance.
	 * @param name the throttle's name
	 * @param rate the new rate
	 * @param burst permits that may be used at once, or {@code null} for as many as the
	 * rate has
	 * @throws IllegalStateException if the throttle was declared without a rate
	 */
	void changeRate(String name, Rate rate, @Nullable Long burst);

	/**
	 * Change how many calls may be in flight at once. Calls beyond a lower limit are left
	 * alone; new ones are let in as soon as there are fewer.
	 * @param name the throttle's name
	 * @param concurrency the number of calls, at least 1
	 * @throws IllegalStateException if the throttle was declared without such a limit
	 */
	void changeConcurrency(String name, int concurrency);

	/**
	 * Do something with each throttle's name: with those there are, and with each that is
	 * added later, such as those of lazy beans.
	 * @param action what to do, once for each name, on any thread
	 */
	void forEachName(Consumer<String> action);

}
