package io.github.resiliencestarter.timeout;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.GuardedAction;

/**
 * Limits how long something takes, on whichever thread it runs. Thread-safe.
 */
interface TimeLimit {

	/**
	 * Run something within the limit, or what is left of the caller's time if that is
	 * less.
	 * @param <C> what the action is called with
	 * @param <R> what it returns
	 * @param <X> what it throws
	 * @param action what is run
	 * @param call what it is called with
	 * @return the action's result
	 * @throws X what the action throws
	 * @throws CallTimeoutException if the limit passes
	 */
	<C, R extends @Nullable Object, X extends Throwable> R call(GuardedAction<C, R, X> action, C call) throws X;

}
