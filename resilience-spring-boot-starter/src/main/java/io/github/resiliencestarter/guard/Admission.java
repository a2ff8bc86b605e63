package io.github.resiliencestarter.guard;

import org.jspecify.annotations.Nullable;

/**
 * One call that a guard has let in: exactly one of the methods is called, once, on any
 * thread.
 */
public interface Admission {

	/**
	 * The call ended with a result.
	 * @param result the result; {@code null} for a {@code Flux}
	 */
	void succeeded(@Nullable Object result);

	/**
	 * The call ended with an exception, {@code CompletionException} and
	 * {@code ExecutionException} already taken off.
	 * @param failure the exception
	 */
	void failed(Throwable failure);

	/**
	 * Nobody wants the result any more: it says nothing about the method.
	 */
	void cancelled();

}
