package io.github.resiliencestarter.outbox;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How much there is to deliver. No figure needs more than a bounded look at its table.
 *
 * @param pending messages to be delivered now, counted up to {@link #MOST}
 * @param scheduled messages that wait for a time, and those that wait for them because
 * they have the same key, counted up to {@link #MOST}
 * @param dead messages given up, counted up to {@link #MOST}
 * @param oldestPendingAge since when the oldest due message has been due, or {@code null}
 * if none is
 */
public record OutboxFigures(long pending, long scheduled, long dead, @Nullable Duration oldestPendingAge) {

	/** Counting ends here. */
	public static final int MOST = 10_000;

}
