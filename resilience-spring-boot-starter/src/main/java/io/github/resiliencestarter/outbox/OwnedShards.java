package io.github.resiliencestarter.outbox;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The shards of this instance: how they come and go. Guarded by the dispatcher's lock.
 */
final class OwnedShards {

	private final Map<Integer, ShardBoard> boards = new LinkedHashMap<>();

	private final HandlerQueues queues;

	/** Those that stay for now. */
	private List<ShardBoard> settled = List.of();

	/** The only message in memory that may have killed an instance. */
	private @Nullable Entry suspect;

	OwnedShards(HandlerQueues queues) {
		this.queues = queues;
	}

	Collection<ShardBoard> all() {
		return this.boards.values();
	}

	List<ShardBoard> settled() {
		return this.settled;
	}

	@Nullable ShardBoard board(int shard) {
		return this.boards.get(shard);
	}

	int size() {
		return this.boards.size();
	}

	void own(Collection<ShardLease> leases) {
		leases.forEach((lease) -> this.boards.put(lease.shard(), new ShardBoard(lease)));
		settle();
	}

	void keep(Set<ShardLease> held) {
		List<ShardBoard> lost = this.boards.values().stream().filter((board) -> !held.contains(board.lease)).toList();
		lost.forEach((board) -> lose(board.lease.shard()));
	}

	void lose(int shard) {
		ShardBoard board = this.boards.remove(shard);
		if (board != null) {
			board.gone = true;
			this.queues.withdraw(board);
		}
		settle();
	}

	private void settle() {
		this.settled = this.boards.values().stream().filter((board) -> !board.draining).toList();
	}

	void drain(int shards) {
		int excess = shards;
		for (ShardBoard board : this.boards.values()) {
			boolean draining = excess-- > 0;
			if (draining && !board.draining) {
				this.queues.withdraw(board);
				board.forgetUnsent();
			}
			else if (board.draining && !draining) {
				board.scan.restart();
			}
			board.draining = draining;
		}
		settle();
	}

	Map<ShardLease, List<Long>> drained(boolean all) {
		Map<ShardLease, List<Long>> leases = new LinkedHashMap<>();
		for (ShardBoard board : this.boards.values()) {
			if (all || (board.draining && board.isEmpty())) {
				leases.put(board.lease, board.sent());
			}
		}
		return leases;
	}

	List<Committed> feed(Collection<Committed> committed) {
		List<Committed> others = new ArrayList<>();
		for (Committed each : committed) {
			ShardBoard board = this.boards.get(each.shard());
			if (board != null) {
				board.scan.feed(each.from());
			}
			else {
				others.add(each);
			}
		}
		return others;
	}

	void poll(Collection<Integer> shards) {
		for (Integer shard : shards) {
			ShardBoard board = this.boards.get(shard);
			if (board != null) {
				board.scan.poll();
			}
		}
	}

	void rescanAll() {
		this.boards.values().forEach((board) -> board.scan.restart());
	}

	boolean isSuspectKnown() {
		return this.suspect != null && this.suspect.isKnown();
	}

	void suspect(Entry entry) {
		this.suspect = entry;
	}

}
