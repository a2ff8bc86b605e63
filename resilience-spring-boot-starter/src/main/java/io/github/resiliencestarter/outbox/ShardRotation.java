package io.github.resiliencestarter.outbox;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Chooses shards for messages that may go to any: a few in a row to each, and all in
 * turn. What is stored together lies together, and the owner of a shard reads pages of
 * which more than one message is for it. Instances begin at different places.
 * Thread-safe.
 */
final class ShardRotation {

	/** As many as a handler delivers at once, so that a small burst need not wait. */
	private static final int RUN = 8;

	private final AtomicInteger messages = new AtomicInteger(ThreadLocalRandom.current().nextInt());

	/**
	 * Return the next one.
	 * @param count how many shards there are
	 * @return a number from zero on
	 */
	int next(int count) {
		return Math.floorMod(Math.floorDiv(this.messages.getAndIncrement(), RUN), count);
	}

}
