package io.github.resiliencestarter.outbox;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What the store knows of an ordering key.
 *
 * @param shard the shard it belongs to
 * @param waiting how many of its messages there are, counted up to
 * {@link OutboxFigures#MOST}
 * @param dead how many were given up, counted up to {@link OutboxFigures#MOST}
 * @param head the message that all others wait for, or {@code null} if there is none
 * @param lease the shard's lease, or {@code null} if shards are not owned
 */
public record KeyState(int shard, long waiting, long dead, @Nullable Head head, @Nullable LeaseState lease) {

	/**
	 * The first message of a key.
	 *
	 * @param order its order within the shard
	 * @param id its id
	 * @param type the payload's type name
	 * @param publishedAt when it was published
	 * @param attempts how many attempts it has used
	 * @param ambiguous whether it may have reached its receiver
	 * @param lastError why it was not delivered yet, or {@code null}
	 * @param dueIn for how long it still waits, negative if it is due, {@code null} if it
	 * does not wait for a time
	 * @param inFlight whether an instance has it
	 */
	public record Head(long order, String id, String type, Instant publishedAt, int attempts, boolean ambiguous,
			@Nullable String lastError, @Nullable Duration dueIn, boolean inFlight) {

	}

}
