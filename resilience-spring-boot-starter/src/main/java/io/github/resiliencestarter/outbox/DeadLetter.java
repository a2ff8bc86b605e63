package io.github.resiliencestarter.outbox;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A message that was given up and waits for an operator.
 *
 * @param id the message's id
 * @param type the payload's type name
 * @param key the ordering key, or {@code null}
 * @param handler the handler that could not deliver it
 * @param attempts how many attempts it has used
 * @param lastError why it was given up
 * @param deadAt when, by the database's clock
 */
public record DeadLetter(String id, String type, @Nullable String key, String handler, int attempts,
		@Nullable String lastError, Instant deadAt) {

}
