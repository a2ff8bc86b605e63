package io.github.resiliencestarter.outbox;

import org.jspecify.annotations.Nullable;

/**
 * A message as the store holds it. Within a shard, {@code id} is the order.
 *
 * @param shard the shard
 * @param id the order within the shard
 * @param later whether it is in the table of messages that wait for a time
 * @param messageId its id for the outside world, a UUID
 * @param type the payload's type name
 * @param key the ordering key, or {@code null}
 * @param headers the headers as JSON, or {@code null}
 * @param payload the payload as JSON
 * @param publishedAt when it was published, in milliseconds of the database's clock
 * @param delayMillis how long after that it is due, if it has not waited yet
 * @param attempts how many attempts it has used
 * @param crashes how many owners died while it was under way
 * @param ambiguous whether it may have reached its receiver
 */
public record StoredMessage(int shard, long id, boolean later, String messageId, String type, @Nullable String key,
		@Nullable String headers, String payload, long publishedAt, long delayMillis, int attempts, int crashes,
		boolean ambiguous) {

}
