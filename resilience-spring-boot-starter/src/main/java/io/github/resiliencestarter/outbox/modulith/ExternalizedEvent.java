package io.github.resiliencestarter.outbox.modulith;

import io.github.resiliencestarter.outbox.OutboxType;
import tools.jackson.databind.JsonNode;

/**
 * An application event on its way out. One payload class for all events, because the
 * event externalization is one handler.
 *
 * @param eventType the event's class
 * @param event the event
 */
@OutboxType("spring-modulith-event")
record ExternalizedEvent(String eventType, JsonNode event) {

}
