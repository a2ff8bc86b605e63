package io.github.resiliencestarter.benchmarks.idempotency;

/**
 * What was measured of one library.
 *
 * @param bareRate orders a second of four threads without idempotency
 * @param firstRate the same, each with a key of its own
 * @param replayRate calls a second of four threads with keys that this instance has seen
 * @param coldReplayRate the same by an instance that has not seen them
 * @param mixedRate calls a second of four threads, one in ten with a key that another
 * instance has seen
 * @param first cost of a first call, the order's own statement included
 * @param replay cost of a replay by the instance that ran the first call
 * @param burst cost of a replay by another instance, where first calls are followed by
 * replays only
 * @param mixedFirst cost of a first call where one call in ten is a replay
 * @param mixedReplay cost of a replay by another instance where nine calls in ten are
 * first calls
 * @param firstWalBytes write-ahead log of a first call
 * @param bareWalBytes write-ahead log of an order without idempotency
 */
public record IdempotencyFigures(double bareRate, double firstRate, double replayRate, double coldReplayRate,
		double mixedRate, Cost first, Cost replay, Cost burst, Cost mixedFirst, Cost mixedReplay, double firstWalBytes,
		double bareWalBytes) {

	/**
	 * What a call asks of the database, on average.
	 *
	 * @param statements how many statements
	 * @param transactions how many transactions it begins
	 * @param commits how many of them it commits
	 */
	public record Cost(double statements, double transactions, double commits) {

	}

}
