package io.github.resiliencestarter.outbox;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import tools.jackson.databind.json.JsonMapper;

/**
 * The way of every payload class: to its handler, or to change data capture.
 */
final class Routes {

	private final HandlerRegistry handlers;

	private final JsonMapper json;

	private final Map<Class<?>, Route> known = new ConcurrentHashMap<>();

	Routes(HandlerRegistry handlers, OutboxProperties properties, JsonMapper json) {
		this.handlers = handlers;
		this.json = json;
		TypeNames names = new TypeNames(properties.types());
		properties.debezium()
			.aggregates()
			.forEach((aggregate, types) -> types.forEach((type) -> this.known.put(type,
					new Route(aggregate, names.of(type).get(0), json.writerFor(type), aggregate))));
	}

	Route of(Object payload) {
		Route route = this.known.get(payload.getClass());
		if (route == null) {
			MessageHandler handler = this.handlers.of(payload);
			route = new Route(handler.name(), handler.type(), this.json.writerFor(handler.jsonType()), null);
			this.known.put(payload.getClass(), route);
		}
		return route;
	}

}
