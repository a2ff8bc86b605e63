package io.github.resiliencestarter.benchmarks.idempotency;

/**
 * What was measured of one library.
 *
 * @param bareRate orders a second of four threads without idempotency
 * @param firstRate the same, each with a key of its own
 * @param replayRate calls a second of four threads with keys that this instance has seen
 * @param coldReplayRate the same by an instance that has not seen them
 * @param firstStatements statements of a first call, the order's own included
 * @param firstCommits commits of a first call
 * @param replayStatements statements of a replay by an instance that has not seen the
 * first call
 * @param firstWalBytes write-ahead log of a first call
 * @param bareWalBytes write-ahead log of an order without idempotency
 */
public record IdempotencyFigures(double bareRate, double firstRate, double replayRate, double coldReplayRate,
		double firstStatements, double firstCommits, double replayStatements, double firstWalBytes,
		double bareWalBytes) {

}
