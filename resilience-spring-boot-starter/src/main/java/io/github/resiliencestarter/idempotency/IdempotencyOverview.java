package io.github.resiliencestarter.idempotency;

import java.util.Map;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * The idempotent operations of this application as operators see them. Thread-safe.
 */
public interface IdempotencyOverview {

	/**
	 * Return all operations.
	 * @return the operations by name, sorted
	 */
	Map<String, IdempotencySnapshot> operations();

	/**
	 * Return one operation.
	 * @param name its name
	 * @return the operation
	 * @throws IllegalArgumentException if there is none of the name
	 */
	IdempotencySnapshot operation(String name);

	/**
	 * Do something for the name of every operation, those that are added later included.
	 * @param action what to do, on any thread
	 */
	void forEachName(Consumer<String> action);

	/**
	 * Count the calls that are stored, of all operations and instances. Asks the
	 * database.
	 * @return the number of rows
	 */
	long stored();

	/**
	 * Ask the store for something small.
	 * @throws RuntimeException if it does not answer
	 */
	void verifyStore();

	/**
	 * Forget a call: the next one with its key runs. One that is running under a lease
	 * can record nothing any more.
	 * @param operation the operation's name
	 * @param principal who called, {@code null} if nobody was authenticated
	 * @param key the key
	 * @return whether there was such a call
	 */
	boolean forget(String operation, @Nullable String principal, String key);

	/**
	 * Ask what has become of a call of whoever is authenticated on this thread.
	 * @param operation the operation's name
	 * @param key the key
	 * @return what has become of it
	 */
	CallStatus status(String operation, String key);

}
