package io.github.resiliencestarter.outbox;

import org.jspecify.annotations.Nullable;

/**
 * A message that is delivered later.
 *
 * @param message the message
 * @param waitMillis how long it waits
 * @param sincePublication whether it waits since its publication, otherwise from now on
 * @param attempts how many attempts it has used
 * @param ambiguous whether it may have reached its receiver
 * @param holdsKey whether its key's successors wait for it
 * @param error why it is delivered again, or {@code null} if it was only delayed
 */
public record Parked(StoredMessage message, long waitMillis, boolean sincePublication, int attempts, boolean ambiguous,
		boolean holdsKey, @Nullable String error) {

}
