package io.github.resiliencestarter.outbox;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What a handler may know of the message it delivers.
 *
 * @param id the message's id, a UUID; the same at every attempt
 * @param type the payload's type name
 * @param key the ordering key, or {@code null}
 * @param headers the message's headers
 * @param attempt which attempt this is, beginning at 1
 * @param ambiguous whether an earlier attempt may have reached its receiver: true after
 * the takeover from a dead instance or after a handler's time-out, false after an
 * exception
 * @param publishedAt when the message was published, by the database's clock
 */
public record OutboxMessage(String id, String type, @Nullable String key, Map<String, String> headers, int attempt,
		boolean ambiguous, Instant publishedAt) {

	/**
	 * Header of messages that were published within an idempotent call: the operation, a
	 * slash, and the id that the call has in the idempotency table, in hexadecimal. The
	 * id is a digest, so the key itself, which may be personal, is not in the message.
	 */
	public static final String IDEMPOTENCY_ORIGIN = "idempotency-origin";

	public OutboxMessage {
		headers = Map.copyOf(headers);
	}

	OutboxMessage withoutAmbiguity() {
		return new OutboxMessage(this.id, this.type, this.key, this.headers, this.attempt, false, this.publishedAt);
	}

}
