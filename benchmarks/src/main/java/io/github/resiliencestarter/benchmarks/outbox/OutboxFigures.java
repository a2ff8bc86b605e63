package io.github.resiliencestarter.benchmarks.outbox;

import org.jspecify.annotations.Nullable;

/**
 * What was measured of one library; absent where it failed, or was not asked.
 *
 * @param library its name
 * @param bareRate transactions a second of four threads that insert an order only
 * @param enqueueRate the same with a message
 * @param enqueueWalBytes write-ahead log for each such transaction
 * @param drainRate messages a second from the first to the last delivery of the backlog
 * @param leastDrainRate the lowest of the rates of which that is the median
 * @param mostDrainRate the highest of them
 * @param firstDrainRate the same in the first round, by a JVM that has delivered nothing
 * before
 * @param drainTransactions write transactions for each message until all are acknowledged
 * @param drainWalBytes write-ahead log for each message until all are acknowledged
 * @param medianMillis commit to handler at 200 messages a second
 * @param p99Millis commit to handler at 200 messages a second
 * @param smallBacklogRate drain rate of 5 000 messages
 * @param largeBacklogRate drain rate of 500 000 messages
 */
public record OutboxFigures(String library, double bareRate, double enqueueRate, double enqueueWalBytes,
		double drainRate, double leastDrainRate, double mostDrainRate, double firstDrainRate, double drainTransactions,
		double drainWalBytes, double medianMillis, double p99Millis, @Nullable Double smallBacklogRate,
		@Nullable Double largeBacklogRate) {

}
