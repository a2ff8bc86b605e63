package io.github.resiliencestarter.outbox.modulith;

import io.github.resiliencestarter.outbox.OutboxHandler;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.modulith.events.support.OutboxEventExternalizer;
import org.springframework.util.ClassUtils;

/**
 * Delivers events through Spring Modulith's transport.
 */
final class ExternalizedEventHandler {

	private final OutboxEventExternalizer externalizer;

	private final JsonMapper json;

	ExternalizedEventHandler(OutboxEventExternalizer externalizer, JsonMapper json) {
		this.externalizer = externalizer;
		this.json = json;
	}

	@OutboxHandler("modulith")
	void externalize(ExternalizedEvent externalized) throws ClassNotFoundException {
		Class<?> type = ClassUtils.forName(externalized.eventType(), getClass().getClassLoader());
		this.externalizer.externalizeBlocking(this.json.treeToValue(externalized.event(), type));
	}

}
