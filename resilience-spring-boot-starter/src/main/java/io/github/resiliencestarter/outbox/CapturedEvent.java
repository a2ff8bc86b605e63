package io.github.resiliencestarter.outbox;

import org.jspecify.annotations.Nullable;

/**
 * A message in the shape that Debezium's outbox event router reads.
 *
 * @param id its id, a UUID
 * @param aggregateType what the router makes the topic of
 * @param aggregateId what becomes the record's key, and so its partition: the ordering
 * key, or the id if there is none
 * @param type the payload's type name
 * @param payload the payload as JSON
 * @param headers the headers as JSON, or {@code null} if there are none
 */
public record CapturedEvent(String id, String aggregateType, String aggregateId, String type, String payload,
		@Nullable String headers) {

}
