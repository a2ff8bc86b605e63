package io.github.resiliencestarter.outbox;

import java.time.Duration;

/**
 * Publishes messages that are delivered if and only if the current transaction commits.
 * Thread-safe.
 */
public interface Outbox {

	/**
	 * Publish a message in the caller's transaction.
	 * @param payload what a handler takes; stored as JSON
	 * @return the message's id, a UUID
	 * @throws NoTransactionException outside a transaction of the outbox's own
	 * {@code DataSource}, or in a read-only one
	 */
	String publish(Object payload);

	/**
	 * Begin a message that has more than a payload.
	 * @param payload what a handler takes; stored as JSON
	 * @return the message to complete and publish
	 */
	Draft message(Object payload);

	/**
	 * A message that is not yet published. Not thread-safe.
	 */
	interface Draft {

		/**
		 * Deliver messages of one key one after the other, in the order in which they
		 * were published.
		 * @param orderingKey the key, up to 255 characters, compared exactly
		 * @return this draft
		 */
		Draft key(String orderingKey);

		/**
		 * Deliver not before this time has passed, by the database's clock.
		 * @param delay the duration
		 * @return this draft
		 */
		Draft delay(Duration delay);

		/**
		 * Add a header.
		 * @param name the header's name
		 * @param value its value
		 * @return this draft
		 */
		Draft header(String name, String value);

		/**
		 * Publish the message in the caller's transaction.
		 * @return the message's id, a UUID
		 * @throws NoTransactionException outside a transaction of the outbox's own
		 * {@code DataSource}, or in a read-only one
		 */
		String publish();

	}

}
