package io.github.resiliencestarter.outbox;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;

/**
 * Publishing and delivering as observations. A tracer that listens to them writes the
 * trace into the message's headers, as {@code traceparent} by default, and continues it
 * where the message is delivered.
 */
final class ObservedMessages implements MessageTracing {

	static final String PUBLISH = "resilience.outbox.publish";

	static final String PROCESS = "resilience.outbox.process";

	private final ObservationRegistry registry;

	ObservedMessages(ObservationRegistry registry) {
		this.registry = registry;
	}

	/**
	 * A header that the application sets itself is not overwritten: it may continue
	 * another trace.
	 */
	@Override
	public void publish(String name, Map<String, String> headers, Consumer<Map<String, String>> publication) {
		Map<String, String> all = new LinkedHashMap<>(headers);
		SenderContext<Map<String, String>> context = new SenderContext<>(
				(carrier, header, value) -> Objects.requireNonNull(carrier).putIfAbsent(header, value), Kind.PRODUCER);
		context.setCarrier(all);
		observation(PUBLISH, "publish ", name, context).observe(() -> publication.accept(all));
	}

	@Override
	public void deliver(MessageHandler handler, Object payload, OutboxMessage message) throws Throwable {
		ReceiverContext<Map<String, String>> context = new ReceiverContext<>(
				(carrier, header) -> Objects.requireNonNull(carrier).get(header), Kind.CONSUMER);
		context.setCarrier(message.headers());
		context.addHighCardinalityKeyValue(KeyValue.of("message.id", message.id()));
		observation(PROCESS, "process ", handler.name(), context).observeChecked(() -> {
			handler.delivery().call(payload, message);
		});
	}

	private Observation observation(String observed, String verb, String name, Observation.Context context) {
		return Observation.createNotStarted(observed, () -> context, this.registry)
			.contextualName(verb + name)
			.lowCardinalityKeyValues(KeyValues.of("name", name));
	}

}
