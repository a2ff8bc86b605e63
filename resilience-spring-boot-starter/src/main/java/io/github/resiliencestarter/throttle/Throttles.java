package io.github.resiliencestarter.throttle;

import java.util.Set;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * All throttles of the application, for operators: reads their numbers, and changes their
 * limits while they run. Thread-safe. Every method that takes a name throws
 * {@link IllegalArgumentException} listing the known names if it is given another.
 */
public interface Throttles {

	/**
	 * Return the names of all throttles.
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
