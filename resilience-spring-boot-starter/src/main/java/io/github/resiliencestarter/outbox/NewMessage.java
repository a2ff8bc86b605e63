package io.github.resiliencestarter.outbox;

import org.jspecify.annotations.Nullable;

/**
 * A message on its way into the store, in the transaction of its publisher.
 *
 * @param shard the shard it belongs to
 * @param messageId its id for the outside world, a UUID
 * @param type the payload's type name
 * @param key the ordering key, or {@code null}
 * @param headers the headers as JSON, or {@code null} if there are none
 * @param payload the payload as JSON
 * @param delayMillis how long after its publication it is due
 * @param claim the epoch of the shard's owner who is going to deliver it right after the
 * commit, or 0 if the message is left to be fetched
 */
public record NewMessage(int shard, String messageId, String type, @Nullable String key, @Nullable String headers,
		String payload, long delayMillis, long claim) {

}
