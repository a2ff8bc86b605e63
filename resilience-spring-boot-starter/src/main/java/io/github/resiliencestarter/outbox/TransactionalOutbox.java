package io.github.resiliencestarter.outbox;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

import io.github.resiliencestarter.guard.CallOrigin;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The outbox that applications see: checks, serialises, and leaves the rest to the
 * {@link Publisher}.
 */
final class TransactionalOutbox implements Outbox {

	private static final int LONGEST_NAME = 255;

	private static final int LONGEST_VALUE = 8192;

	private final Supplier<Publisher> publisher;

	private final Routes routes;

	private final JsonMapper json;

	private final MessageTracing tracing;

	private final MessageIds ids = new MessageIds();

	TransactionalOutbox(Supplier<Publisher> publisher, Routes routes, JsonMapper json, MessageTracing tracing) {
		this.publisher = publisher;
		this.routes = routes;
		this.json = json;
		this.tracing = tracing;
	}

	@Override
	public String publish(Object payload) {
		return message(payload).publish();
	}

	@Override
	public Draft message(Object payload) {
		return new NewDraft(payload);
	}

	private String publish(NewDraft draft) {
		Publisher target = this.publisher.get();
		target.verifyTransaction();
		Route route = this.routes.of(draft.payload);
		if (route.aggregate() != null && !draft.delay.isZero()) {
			throw new IllegalArgumentException("A " + draft.payload.getClass().getName() + " is left to Debezium by "
					+ "resilience.outbox.debezium.aggregates." + route.aggregate() + ", which knows no delay.");
		}
		String id = this.ids.next();
		this.tracing.publish(route.name(), headers(draft),
				(headers) -> target.publish(new Publication(id, route.type(), draft.key,
						headers.isEmpty() ? null : this.json.writeValueAsString(headers),
						route.writer().writeValueAsString(draft.payload), draft.delay.toMillis(), route.aggregate())));
		return id;
	}

	private static Map<String, String> headers(NewDraft draft) {
		String origin = CallOrigin.current();
		if (origin == null) {
			return draft.headers;
		}
		Map<String, String> headers = new LinkedHashMap<>(draft.headers);
		headers.putIfAbsent(OutboxMessage.IDEMPOTENCY_ORIGIN, origin);
		return headers;
	}

	private final class NewDraft implements Draft {

		private final Object payload;

		private final Map<String, String> headers = new LinkedHashMap<>();

		private @Nullable String key;

		private Duration delay = Duration.ZERO;

		private NewDraft(Object payload) {
			this.payload = payload;
		}

		@Override
		public Draft key(String orderingKey) {
			this.key = checked("The ordering key", orderingKey, LONGEST_NAME);
			return this;
		}

		@Override
		public Draft delay(Duration delay) {
			if (delay.isNegative()) {
				throw new IllegalArgumentException("The delay " + delay + " is negative.");
			}
			this.delay = delay;
			return this;
		}

		@Override
		public Draft header(String name, String value) {
			if (name.isEmpty()) {
				throw new IllegalArgumentException("A header's name is empty.");
			}
			this.headers.put(checked("A header's name", name, LONGEST_NAME),
					checked("The value of header '" + name + "'", value, LONGEST_VALUE));
			return this;
		}

		@Override
		public String publish() {
			return TransactionalOutbox.this.publish(this);
		}

		private static String checked(String what, String text, int longest) {
			if (text.length() > longest) {
				throw new IllegalArgumentException(
						what + " has " + text.length() + " characters, more than " + longest + ".");
			}
			return text;
		}

	}

}
