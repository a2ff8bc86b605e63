package io.github.resiliencestarter.guard;

import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

/**
 * One guard as programs use it: a circuit breaker, a throttle or a time-out that was
 * asked for by its name. Meant to be asked for once, such as in a constructor, where a
 * name that does not exist stops the start-up; then calls need no look-up. It lives as
 * long as the application. Thread-safe.
 */
public interface CallGuard {

	/**
	 * Return the guard's name.
	 * @return the name
	 */
	String name();

	/**
	 * Run an action behind the guard.
	 * @param <T> the type of the result
	 * @param action what to run
	 * @return the action's result
	 * @throws Exception what the action throws, or the guard
	 */
	<T extends @Nullable Object> T call(Callable<T> action) throws Exception;

}
