package io.github.resiliencestarter.outbox;

import java.util.Map;
import java.util.function.Consumer;

/**
 * What links the work of a handler to the work of its publisher.
 */
interface MessageTracing {

	/** Nothing is traced. */
	MessageTracing NONE = new MessageTracing() {

		@Override
		public void publish(String name, Map<String, String> headers, Consumer<Map<String, String>> publication) {
			publication.accept(headers);
		}

		@Override
		public void deliver(MessageHandler handler, Object payload, OutboxMessage message) throws Throwable {
			handler.delivery().call(payload, message);
		}

	};

	/**
	 * Publish a message.
	 * @param name what will deliver it
	 * @param headers the application's headers
	 * @param publication publishes it, with the headers it is given
	 */
	void publish(String name, Map<String, String> headers, Consumer<Map<String, String>> publication);

	/**
	 * Deliver a message.
	 * @param handler the handler
	 * @param payload the message's payload
	 * @param message the message
	 * @throws Throwable what the handler throws
	 */
	void deliver(MessageHandler handler, Object payload, OutboxMessage message) throws Throwable;

}
