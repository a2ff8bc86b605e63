package io.github.resiliencestarter.outbox;

import java.util.List;

/**
 * What the owner of a shard tells the store, and wants from it, in one exchange.
 *
 * @param lease the lease
 * @param delivered messages that are done
 * @param inFlight the fetched messages that stay under way
 * @param recorded whether the store knows already that exactly these are under way
 * @param cursor fetch messages after this id
 * @param limit how many at most that are not under way
 * @param overlap how many that are under way, in the order of ids among the others, the
 * scan may meet besides
 */
public record ShardTurn(ShardLease lease, List<StoredMessage> delivered, List<Long> inFlight, boolean recorded,
		long cursor, int limit, int overlap) {

	/**
	 * Return how many rows are to be read where those under way stand among the others.
	 */
	public int rows() {
		return (this.limit > 0) ? this.limit + this.overlap : 0;
	}

}
