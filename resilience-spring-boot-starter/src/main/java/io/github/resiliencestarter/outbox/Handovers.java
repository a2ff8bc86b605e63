package io.github.resiliencestarter.outbox;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Messages that publishers hand over in memory when their transactions commit. Guarded by
 * the dispatcher's lock.
 */
final class Handovers {

	private final OwnedShards shards;

	private final HandlerQueues queues;

	/** Not to be fetched meanwhile, or they come twice. */
	private final Set<String> expected = new HashSet<>();

	private final ShardRotation rotation = new ShardRotation();

	/** Whether the store holds more than memory: then everything goes through it. */
	private boolean behind;

	Handovers(OwnedShards shards, HandlerQueues queues) {
		this.shards = shards;
		this.queues = queues;
	}

	@Nullable ShardLease place(String type, String messageId) {
		List<ShardBoard> places = this.shards.settled();
		if (places.isEmpty()) {
			return null;
		}
		ShardLease lease = places.get(this.rotation.next(places.size())).lease;
		HandlerQueue queue = this.queues.of(type);
		if (queue == null || queue.room() <= 0 || this.behind || !this.queues.maySend()) {
			return new ShardLease(lease.shard(), 0);
		}
		queue.reserved++;
		this.expected.add(messageId);
		return lease;
	}

	void release(String type, String messageId) {
		this.expected.remove(messageId);
		HandlerQueue queue = this.queues.of(type);
		if (queue != null) {
			queue.reserved--;
		}
	}

	void handOver(ShardLease claim, StoredMessage message) {
		release(message.type(), message.messageId());
		ShardBoard board = this.shards.board(message.shard());
		HandlerQueue queue = this.queues.of(message.type());
		if (board != null && queue != null && board.lease.equals(claim) && !board.draining
				&& !board.knows(message.id())) {
			this.queues.ready(board.know(message, queue, false));
		}
	}

	boolean isExpected(StoredMessage message) {
		// of a backlog nothing is expected, and an id's hash is not for nothing
		return !this.expected.isEmpty() && this.expected.contains(message.messageId());
	}

	void behind(boolean behind) {
		this.behind = behind;
	}

}
