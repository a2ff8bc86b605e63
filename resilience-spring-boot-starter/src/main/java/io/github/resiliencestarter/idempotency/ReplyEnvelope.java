package io.github.resiliencestarter.idempotency;

import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Knows a type of reply that says more than its body does, such as
 * {@code ResponseEntity}. Immutable.
 */
public interface ReplyEnvelope {

	/**
	 * Tell whether this envelope knows a type.
	 * @param type a method's return type
	 * @return whether it does
	 */
	boolean knows(Class<?> type);

	/**
	 * Return the type of what is inside.
	 * @param type the method's generic return type
	 * @return the body's type, {@code Object} if unknown
	 */
	Type bodyType(Type type);

	/**
	 * Take a reply out of its envelope.
	 * @param reply the method's result
	 * @return what to keep
	 */
	Content open(Object reply);

	/**
	 * Put a reply back into an envelope.
	 * @param content what was kept
	 * @return the method's result
	 */
	Object close(Content content);

	/**
	 * Make the reply of the first caller, who also gets what is not replayed.
	 * @param reply the method's result
	 * @param content what was kept of it
	 * @return the result with the body that every replay has
	 */
	Object first(Object reply, Content content);

	/**
	 * What is in an envelope.
	 *
	 * @param status the status
	 * @param headers the headers that are replayed
	 * @param body the body
	 * @param kept whether this is an outcome to be kept: otherwise the transaction is
	 * rolled back and the next call runs
	 */
	record Content(int status, Map<String, List<String>> headers, @Nullable Object body, boolean kept) {
	}

}
