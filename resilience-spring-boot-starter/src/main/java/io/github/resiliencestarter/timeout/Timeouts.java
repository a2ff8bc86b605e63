package io.github.resiliencestarter.timeout;

import java.util.Set;
import java.util.function.Consumer;

/**
 * The time-outs of the application, to be looked at. Thread-safe.
 */
public interface Timeouts {

	/**
	 * Return the names of all time-outs.
	 * @return the names, sorted
	 */
	Set<String> names();

	/**
	 * Return what a time-out has seen so far.
	 * @param name the name
	 * @return the numbers
	 * @throws IllegalArgumentException if there is no such name: the message lists those
	 * that there are
	 */
	TimeoutSnapshot snapshot(String name);

	/**
	 * Do something with each name: with those there are, and with each that is added
	 * later. May be called twice for a name that is added at the same moment.
	 * @param action what to do, on any thread
	 */
	void forEachName(Consumer<String> action);

}
