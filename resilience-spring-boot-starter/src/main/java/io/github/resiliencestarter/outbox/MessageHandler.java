package io.github.resiliencestarter.outbox;

import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;

/**
 * What delivers the messages of one payload class.
 *
 * @param types the names of the payload's type: the first is written, all are understood
 * @param probe what tells whether an ambiguous message was delivered, or {@code null}
 */
record MessageHandler(String name, Class<?> payloadType, JavaType jsonType, List<String> types, DeliveryPolicy policy,
		HandlerMethod delivery, @Nullable HandlerMethod probe, String declaredAs, Counts counts) {

	String type() {
		return this.types.get(0);
	}

	DeliveryStatus probe(Object payload, OutboxMessage message) throws Throwable {
		Object status = (this.probe != null) ? this.probe.call(payload, message) : null;
		return (status instanceof DeliveryStatus known) ? known : DeliveryStatus.UNKNOWN;
	}

}
