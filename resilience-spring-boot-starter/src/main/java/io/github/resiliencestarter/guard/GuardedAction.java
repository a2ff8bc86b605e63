package io.github.resiliencestarter.guard;

import org.jspecify.annotations.Nullable;

/**
 * What a guard stands in front of: the rest of a method's chain, called with the method's
 * invocation, or a program's own action. One type for both, so that both go through the
 * same guard, and neither needs an object for each call.
 *
 * @param <C> what it is called with
 * @param <R> what it returns
 * @param <X> what it throws
 */
@FunctionalInterface
public interface GuardedAction<C, R extends @Nullable Object, X extends Throwable> {

	/**
	 * Run the action.
	 * @param call what it is called with
	 * @return the result
	 * @throws X what the action, or a guard further in, throws
	 */
	R call(C call) throws X;

}
