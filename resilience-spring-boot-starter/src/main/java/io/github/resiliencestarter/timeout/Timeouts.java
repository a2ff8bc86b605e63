package io.github.resiliencestarter.timeout;

import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.CallGuard;

/**
 * All time-outs of the application: for programmatic calls, and to be looked at.
 * Thread-safe. Every method that takes a name throws {@link IllegalArgumentException}
 * listing the known names if it is given another.
 */
public interface Timeouts {

	/**
	 * Return the names of all time-outs, from annotations and from
	 * {@code resilience.timeout.names}.
	 * @return the names, sorted
	 */
	Set<String> names();

	/**
	 * Return what a time-out has seen so far.
	 * @param name the name
	 * @return the numbers
	 */
	TimeoutSnapshot snapshot(String name);

	/**
	 * Return a time-out for code that calls it often.
	 * @param name the time-out's name
	 * @return what runs actions as {@link #call(String, Callable)} does
	 */
	CallGuard named(String name);

	/**
	 * Run an action within a limit, which opens a deadline for everything that it calls.
	 * The action is one attempt: where both are set, {@code attempt} is its limit rather
	 * than {@code value}. In mode {@code INTERRUPT} it runs on the calling thread, in
	 * mode {@code OFFLOAD} on another one. A result that comes later, such as a future,
	 * is not waited for.
	 * @param <T> the type of the result
	 * @param name the time-out's name
	 * @param action what to run
	 * @return the action's result
	 * @throws CallTimeoutException if the limit, or what is left of the caller's time,
	 * passes; as {@code DeadlineExceededException} if nothing is left to begin with, and
	 * then the action does not run
	 * @throws OffloadRejectedException if no thread is free for the action
	 * @throws Exception what the action throws
	 */
	default <T extends @Nullable Object> T call(String name, Callable<T> action) throws Exception {
		return named(name).call(action);
	}

	/**
	 * Do something with each name: with those there are, and with each that is added
	 * later. May be called twice for a name that is added at the same moment.
	 * @param action what to do, on any thread
	 */
	void forEachName(Consumer<String> action);

}
