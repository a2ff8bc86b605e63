package io.github.resiliencestarter.outbox;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

import io.github.resiliencestarter.guard.ConfiguredInstances;
import io.github.resiliencestarter.guard.InvalidGuardException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * The handlers of the application: exactly one for each payload class, and one for each
 * name.
 */
final class HandlerRegistry implements SmartInitializingSingleton, ConfiguredInstances {

	private static final int LONGEST_TYPE = 255;

	private final Set<String> configured;

	private final Supplier<Collection<MessageHandler>> discovery;

	private volatile @Nullable Map<Class<?>, MessageHandler> byPayload;

	HandlerRegistry(Supplier<Collection<MessageHandler>> discovery, Set<String> configured) {
		this.configured = configured;
		this.discovery = discovery;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.byPayload = verified(this.discovery.get());
	}

	/**
	 * While beans are still being made, the answer is only what is known so far.
	 */
	private Map<Class<?>, MessageHandler> byPayload() {
		Map<Class<?>, MessageHandler> known = this.byPayload;
		return (known != null) ? known : verified(this.discovery.get());
	}

	private static Map<Class<?>, MessageHandler> verified(Collection<MessageHandler> handlers) {
		Map<Class<?>, MessageHandler> byPayload = new LinkedHashMap<>();
		Map<String, MessageHandler> byType = new HashMap<>();
		Map<String, MessageHandler> byName = new HashMap<>();
		for (MessageHandler handler : handlers) {
			unique(byPayload.put(handler.payloadType(), handler), handler,
					"handle the payload " + handler.payloadType().getName(),
					"Keep one of them: there is exactly one handler for each payload class.");
			unique(byName.put(handler.name(), handler), handler, "are named '" + handler.name() + "'",
					"Give one of them another name in @OutboxHandler.");
			for (String type : handler.types()) {
				unique(byType.put(type, handler), handler, "have payloads with the type name '" + type + "'",
						"Give each payload class a name of its own.");
				if (type.isEmpty() || type.length() > LONGEST_TYPE) {
					throw new InvalidGuardException("The type name '" + type + "' of the payload of "
							+ handler.declaredAs() + " has not 1 to 255 characters.", "Name it with @OutboxType.");
				}
			}
		}
		return byPayload;
	}

	private static void unique(@Nullable MessageHandler other, MessageHandler handler, String what, String remedy) {
		if (other != null) {
			throw new InvalidGuardException(
					"Outbox handlers " + other.declaredAs() + " and " + handler.declaredAs() + " both " + what + ".",
					remedy);
		}
	}

	Collection<MessageHandler> all() {
		return byPayload().values();
	}

	MessageHandler of(Object payload) {
		MessageHandler handler = byPayload().get(payload.getClass());
		if (handler == null) {
			throw new IllegalArgumentException("No @OutboxHandler takes a " + payload.getClass().getName()
					+ ", so this message could never be delivered. Add a handler for exactly this class.");
		}
		return handler;
	}

	@Nullable MessageHandler ofType(String type) {
		return all().stream().filter((handler) -> handler.types().contains(type)).findFirst().orElse(null);
	}

	Map<String, HandlerCounts> counts() {
		Map<String, HandlerCounts> counts = new TreeMap<>();
		all().forEach((handler) -> counts.put(handler.name(), handler.counts().snapshot()));
		return counts;
	}

	@Override
	public String prefix() {
		return "resilience.outbox.handlers";
	}

	@Override
	public Set<String> configured() {
		return this.configured;
	}

	@Override
	public Set<String> known() {
		return new TreeSet<>(counts().keySet());
	}

	@Override
	public Class<? extends Record> settings() {
		return HandlerSettings.class;
	}

}
