package io.github.resiliencestarter.retry;

import java.util.Set;
import java.util.function.Consumer;

/**
 * The application's retried methods, of both libraries. A bean; thread-safe.
 */
public interface Retries {

	/**
	 * Return the names of the retried methods.
	 * @return the names, sorted: {@code SimpleClass.method}
	 */
	Set<String> names();

	/**
	 * Return how the calls of a method have ended.
	 * @param name the method's name
	 * @return the counts at this moment
	 * @throws IllegalArgumentException if there is no such method; lists the known ones
	 */
	RetrySnapshot snapshot(String name);

	/**
	 * Do something with each method's name: with those there are, and with each that is
	 * added later. May be called twice for a name that is added at the same moment.
	 * @param action what to do, on any thread
	 */
	void forEachName(Consumer<String> action);

}
