package io.github.resiliencestarter.outbox;

/**
 * Messages have committed in a shard.
 *
 * @param shard the shard
 * @param from none of them has a smaller id, so a scan that has come further goes back
 * there; {@link #UNKNOWN} if nobody could tell
 */
public record Committed(int shard, long from) {

	/** A scan goes on from where it is. */
	public static final long UNKNOWN = Long.MAX_VALUE;

}
