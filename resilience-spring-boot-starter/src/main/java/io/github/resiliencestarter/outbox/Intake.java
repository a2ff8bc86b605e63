package io.github.resiliencestarter.outbox;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the store is told and asked of each shard, and what its answer brings into memory.
 * Guarded by the dispatcher's lock.
 */
final class Intake {

	/** A scan pauses when so many batches of it were not for now. */
	private static final int MOST_SKIPPED_BATCHES = 5;

	/**
	 * So many shards are fetched from in one exchange if there is room for as many
	 * messages.
	 */
	private static final int FEW_SHARDS = 16;

	private final OwnedShards shards;

	private final HandlerQueues queues;

	private final Handovers handovers;

	private int rotation;

	/** Whether the last fetch found less than it asked for. */
	private boolean runningEmpty;

	Intake(OwnedShards shards, HandlerQueues queues, Handovers handovers) {
		this.shards = shards;
		this.queues = queues;
		this.handovers = handovers;
	}

	List<ShardTurn> turns(List<Ended> ended, boolean all, int batchSize) {
		Map<ShardBoard, List<StoredMessage>> delivered = new LinkedHashMap<>();
		for (Ended end : ended) {
			List<StoredMessage> messages = delivered.computeIfAbsent(end.entry().board, (board) -> new ArrayList<>());
			if (end.outcome() instanceof Outcome.Delivered) {
				messages.add(end.entry().message);
			}
			if (end.entry().holdsKeyInStore()) {
				end.entry().board.scan.restart();
			}
		}
		int room = this.queues.maySend() ? room() : 0;
		Set<ShardBoard> fed = fed(room, batchSize);
		int share = fed.isEmpty() ? 0 : Math.min(batchSize, room / fed.size());
		List<ShardTurn> turns = new ArrayList<>();
		for (ShardBoard board : this.shards.all()) {
			boolean fetches = fed.contains(board);
			if (all || fetches || delivered.containsKey(board)) {
				turns.add(board.turn(delivered.getOrDefault(board, List.of()), fetches ? share : 0));
			}
		}
		return turns;
	}

	/**
	 * Shards that run empty give less than they are asked for.
	 */
	private int room() {
		return this.runningEmpty ? this.queues.room() : this.queues.portion();
	}

	/**
	 * Choose the shards to fetch from, others each time: where there is much room, so few
	 * that half a batch of each fits, because every shard costs the store some work. They
	 * are filled alike and so run empty at about the same time: then as many as possible.
	 */
	private Set<ShardBoard> fed(int room, int batchSize) {
		this.shards.all().forEach((board) -> board.scan.prepare());
		List<ShardBoard> hungry = new ArrayList<>(this.shards.all().stream().filter(ShardBoard::isHungry).toList());
		int most = this.runningEmpty ? room : Math.max(Math.min(room, FEW_SHARDS), 2 * room / batchSize);
		if (most < hungry.size()) {
			Collections.rotate(hungry, this.rotation);
			this.rotation -= most;
			return new HashSet<>(hungry.subList(0, Math.max(0, most)));
		}
		return new HashSet<>(hungry);
	}

	void apply(List<ShardTurn> turns, Exchanged exchanged, int batchSize) {
		exchanged.lost().forEach(this.shards::lose);
		Map<Integer, List<StoredMessage>> fetched = byShard(exchanged.fetched());
		Map<Integer, List<StoredMessage>> due = byShard(exchanged.due());
		measure(turns, exchanged);
		for (ShardTurn turn : turns) {
			int shard = turn.lease().shard();
			ShardBoard board = this.shards.board(shard);
			if (board == null) {
				continue;
			}
			List<StoredMessage> rows = fetched.getOrDefault(shard, List.of());
			List<Long> window = new ArrayList<>(turn.inFlight());
			rows.forEach((message) -> window.add(message.id()));
			due.getOrDefault(shard, List.of()).forEach((message) -> window.add(message.id()));
			board.recorded(window);
			if (turn.limit() > 0) {
				long found = rows.stream().filter((message) -> !board.knows(message.id())).count();
				rows.forEach((message) -> take(board, message));
				// where all rows came that were asked for, there may be more whichever
				// they were
				boolean more = rows.size() >= turn.rows() || found >= turn.limit();
				board.scan.scanned(more, MOST_SKIPPED_BATCHES * batchSize);
			}
		}
		this.handovers.behind(this.shards.all().stream().anyMatch(ShardBoard::isHungry));
		exchanged.due().forEach(this::takeDue);
	}

	private void measure(List<ShardTurn> turns, Exchanged exchanged) {
		int asked = turns.stream().mapToInt(ShardTurn::limit).sum();
		if (asked > 0) {
			this.runningEmpty = exchanged.fetched().size() < asked;
		}
	}

	private static Map<Integer, List<StoredMessage>> byShard(List<StoredMessage> messages) {
		Map<Integer, List<StoredMessage>> rows = new HashMap<>();
		messages.forEach((message) -> rows.computeIfAbsent(message.shard(), (shard) -> new ArrayList<>()).add(message));
		return rows;
	}

	private void take(ShardBoard board, StoredMessage message) {
		board.scan.passed(message);
		if (board.knows(message.id()) || this.handovers.isExpected(message)) {
			return;
		}
		HandlerQueue queue = this.queues.of(message.type());
		// what the store has claimed for us is ours already
		boolean wanted = message.later() || board.wants(message, queue);
		if (wanted && queue != null) {
			line(board.know(message, queue, true));
		}
	}

	private void takeDue(StoredMessage message) {
		ShardBoard board = this.shards.board(message.shard());
		HandlerQueue queue = this.queues.of(message.type());
		if (board == null || board.draining || queue == null || board.knows(message.id())) {
			return;
		}
		boolean suspect = message.crashes() > 0;
		if (suspect && this.shards.isSuspectKnown()) {
			return;
		}
		Entry entry = board.know(message, queue, true);
		if (suspect) {
			this.shards.suspect(entry);
		}
		line(entry);
	}

	private void line(Entry entry) {
		if (entry.board.lanes.enter(entry)) {
			this.queues.ready(entry);
		}
	}

}
