package io.github.resiliencestarter.outbox;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What operators see and do. Thread-safe.
 */
public interface OutboxOperations {

	/**
	 * Count what there is to deliver.
	 * @return the figures
	 */
	OutboxFigures figures();

	/**
	 * Count what this instance's handlers did.
	 * @return the counts by handler
	 */
	Map<String, HandlerCounts> handlers();

	/**
	 * List the leases of all shards.
	 * @return the leases
	 */
	List<LeaseState> leases();

	/**
	 * Tell why the messages of an ordering key wait.
	 * @param key the key
	 * @return the reason
	 */
	KeyReport key(String key);

	/**
	 * List messages that were given up, the latest first.
	 * @param handler of this handler only, or {@code null} for all
	 * @param most how many at most
	 * @return the messages
	 */
	List<DeadLetter> dead(@Nullable String handler, int most);

	/**
	 * Deliver a message again that was given up, with all its attempts before it.
	 * @param messageId the message
	 * @return whether there was one
	 */
	boolean redeliver(String messageId);

	/**
	 * Deliver all messages again that were given up.
	 * @param handler of this handler only, or {@code null} for all
	 * @return how many there were
	 */
	int redeliverAll(@Nullable String handler);

	/**
	 * Delete a message that was given up.
	 * @param messageId the message
	 * @return whether there was one
	 */
	boolean discard(String messageId);

	/**
	 * Stop or resume a handler's deliveries on this instance. Deliveries under way end;
	 * messages with a key hold back that key's successors.
	 * @param handler the handler
	 * @param paused whether to stop
	 * @return whether there is such a handler
	 */
	boolean pause(String handler, boolean paused);

}
