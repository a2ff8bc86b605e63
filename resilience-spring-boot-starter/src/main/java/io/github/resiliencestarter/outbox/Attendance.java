package io.github.resiliencestarter.outbox;

import java.util.Set;

/**
 * What an instance learns when it reports that it is alive.
 *
 * @param members how many instances are alive, itself included
 * @param shards how many shards there are
 * @param unowned how many of them nobody owns, or only a dead instance
 * @param held the leases that the instance still holds
 * @param occupied those of its shards that have messages to fetch
 * @param nextDueMillis in how many milliseconds the next of its waiting messages is due,
 * negative if one is overdue, {@link Long#MAX_VALUE} if there is none
 */
public record Attendance(int members, int shards, int unowned, Set<ShardLease> held, Set<Integer> occupied,
		long nextDueMillis) {

	/**
	 * Return how many shards an instance should own when all own equally many.
	 * @return the number, rounded up
	 */
	public int fairShare() {
		return (this.shards + this.members - 1) / this.members;
	}

}
