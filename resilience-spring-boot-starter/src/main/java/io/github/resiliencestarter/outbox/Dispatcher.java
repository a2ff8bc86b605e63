package io.github.resiliencestarter.outbox;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Which message is delivered next: everything this instance knows of its shards, behind
 * one lock that is never held while anything waits.
 * <p>
 * Invariants: a message is known at most once; of a key at most one message is out, and
 * only when every earlier one that the store holds has ended; a message that is put off
 * stays out until the store has it, and then takes those that waited behind it out of
 * memory, to be found again when it has ended.
 */
final class Dispatcher {

	private final Map<Integer, ShardBoard> boards = new LinkedHashMap<>();

	private final Map<String, HandlerQueue> byType = new HashMap<>();

	private final List<HandlerQueue> queues = new ArrayList<>();

	private final BooleanSupplier maySend;

	private final Consumer<HandlerQueue> startWorker;

	/** What publishers will hand over: not to be fetched meanwhile, or it comes twice. */
	private final Set<String> expected = new HashSet<>();

	private List<ShardBoard> placement = List.of();

	private int nextPlace;

	/** Whether the store holds more than memory: then everything goes through it. */
	private boolean behind;

	private boolean suspectKnown;

	Dispatcher(BooleanSupplier maySend, Consumer<HandlerQueue> startWorker) {
		this.maySend = maySend;
		this.startWorker = startWorker;
	}

	synchronized void handle(Collection<MessageHandler> handlers) {
		this.queues.clear();
		for (MessageHandler handler : handlers) {
			HandlerQueue queue = new HandlerQueue(handler);
			this.queues.add(queue);
			handler.types().forEach((type) -> this.byType.put(type, queue));
		}
	}

	// Shards

	synchronized void own(Collection<ShardLease> leases) {
		leases.forEach((lease) -> this.boards.put(lease.shard(), new ShardBoard(lease)));
		place();
	}

	/**
	 * Forget the shards that are not among the leases any more.
	 */
	synchronized void keep(Set<ShardLease> held) {
		List<ShardBoard> lost = this.boards.values().stream().filter((board) -> !held.contains(board.lease)).toList();
		lost.forEach((board) -> lose(board.lease.shard()));
	}

	synchronized void lose(int shard) {
		ShardBoard board = this.boards.remove(shard);
		if (board != null) {
			board.gone = true;
			this.queues.forEach((queue) -> queue.ready.removeIf((entry) -> entry.board == board));
			this.suspectKnown = this.boards.values()
				.stream()
				.anyMatch((each) -> each.known.values().stream().anyMatch(Entry::isSuspect));
		}
		place();
	}

	private void place() {
		this.placement = this.boards.values().stream().filter((board) -> !board.draining).toList();
	}

	synchronized int owned() {
		return this.boards.size();
	}

	synchronized void drain(int shards) {
		int excess = shards;
		for (ShardBoard board : this.boards.values()) {
			boolean draining = excess-- > 0;
			if (draining && !board.draining) {
				this.queues.forEach((queue) -> queue.ready.removeIf((entry) -> entry.board == board));
				board.forgetUnsent();
			}
			else if (board.draining && !draining) {
				board.rescan();
			}
			board.draining = draining;
		}
		place();
	}

	/**
	 * Return what can be given back: shards with nothing out, each with what would be
	 * unknown about it. What only waits in memory was never sent.
	 */
	synchronized Map<ShardLease, List<Long>> drained(boolean all) {
		Map<ShardLease, List<Long>> leases = new LinkedHashMap<>();
		for (ShardBoard board : this.boards.values()) {
			if (all || (board.draining && board.known.isEmpty())) {
				leases.put(board.lease, board.sent());
			}
		}
		return leases;
	}

	// Publishing

	/**
	 * Find a place for a message that is about to be stored.
	 * @return the lease of its shard, with epoch 0 if it is to be fetched, or
	 * {@code null} if this instance owns no shard
	 */
	synchronized @Nullable ShardLease place(String type, String messageId) {
		if (this.placement.isEmpty()) {
			return null;
		}
		this.nextPlace = (this.nextPlace + 1) % this.placement.size();
		ShardLease lease = this.placement.get(this.nextPlace).lease;
		HandlerQueue queue = this.byType.get(type);
		if (queue == null || queue.room() <= 0 || this.behind || !this.maySend.getAsBoolean()) {
			return new ShardLease(lease.shard(), 0);
		}
		queue.reserved++;
		this.expected.add(messageId);
		return lease;
	}

	/**
	 * The message comes now, or never.
	 */
	synchronized void release(String type, String messageId) {
		this.expected.remove(messageId);
		HandlerQueue queue = this.byType.get(type);
		if (queue != null) {
			queue.reserved--;
		}
	}

	/**
	 * Take over a committed message from its publisher, for which there is a place.
	 */
	synchronized void handOver(ShardLease claim, StoredMessage message) {
		release(message.type(), message.messageId());
		ShardBoard board = this.boards.get(message.shard());
		HandlerQueue queue = this.byType.get(message.type());
		if (board != null && queue != null && board.lease.equals(claim) && !board.draining
				&& !board.known.containsKey(message.id())) {
			ready(know(message, queue, board, false));
		}
	}

	/**
	 * Messages have committed in these shards.
	 * @return those of them that are not ours
	 */
	synchronized List<Integer> feed(Collection<Integer> shards) {
		List<Integer> others = new ArrayList<>();
		for (Integer shard : shards) {
			ShardBoard board = this.boards.get(shard);
			if (board != null) {
				board.hungry = true;
			}
			else {
				others.add(shard);
			}
		}
		return others;
	}

	synchronized void rescan(Collection<Integer> shards) {
		for (Integer shard : shards) {
			ShardBoard board = this.boards.get(shard);
			if (board != null) {
				board.rescan();
			}
		}
	}

	// Exchanging with the store

	synchronized Set<String> openTypes() {
		Set<String> types = new HashSet<>();
		this.byType.forEach((type, queue) -> {
			if (queue.room() > 0) {
				types.add(type);
			}
		});
		return types;
	}

	synchronized int room() {
		return this.queues.stream().mapToInt((queue) -> Math.max(0, queue.room())).sum();
	}

	synchronized boolean isSuspectKnown() {
		return this.suspectKnown;
	}

	synchronized List<ShardTurn> turns(List<Ended> ended, boolean all, int batchSize, long now) {
		this.queues.forEach((queue) -> queue.measure(now));
		Map<ShardBoard, List<StoredMessage>> delivered = new LinkedHashMap<>();
		Set<Entry> entries = new HashSet<>();
		for (Ended end : ended) {
			List<StoredMessage> messages = delivered.computeIfAbsent(end.entry().board, (board) -> new ArrayList<>());
			if (end.outcome() instanceof Outcome.Delivered) {
				messages.add(end.entry().message);
			}
			entries.add(end.entry());
			if (holdsKeyInStore(end.entry())) {
				end.entry().board.rescan();
			}
		}
		int room = this.maySend.getAsBoolean() ? room() : 0;
		List<ShardBoard> hungry = this.boards.values().stream().filter((board) -> isHungry(board, room)).toList();
		int share = hungry.isEmpty() ? 0 : Math.min(batchSize, 1 + room / hungry.size());
		List<ShardTurn> turns = new ArrayList<>();
		for (ShardBoard board : this.boards.values()) {
			boolean fetches = hungry.contains(board);
			if (all || fetches || delivered.containsKey(board)) {
				List<Long> inFlight = board.inFlight(entries);
				int known = (board.cursor == 0) ? board.known.size() : 0;
				turns.add(new ShardTurn(board.lease, delivered.getOrDefault(board, List.of()), inFlight,
						board.isRecorded(inFlight), board.cursor, fetches ? share + known : 0));
			}
		}
		return turns;
	}

	private static boolean isHungry(ShardBoard board, int room) {
		return board.hungry && !board.draining && room > 0;
	}

	/**
	 * Successors of a message that waited in the store were invisible to scans.
	 */
	private static boolean holdsKeyInStore(Entry entry) {
		return entry.message.later() && entry.message.key() != null;
	}

	synchronized void apply(List<ShardTurn> turns, Exchanged exchanged, int batchSize) {
		exchanged.lost().forEach(this::lose);
		Map<Integer, List<StoredMessage>> rows = new HashMap<>();
		exchanged.fetched()
			.forEach((message) -> rows.computeIfAbsent(message.shard(), (shard) -> new ArrayList<>()).add(message));
		for (ShardTurn turn : turns) {
			ShardBoard board = this.boards.get(turn.lease().shard());
			if (board == null) {
				continue;
			}
			List<StoredMessage> fetched = rows.getOrDefault(turn.lease().shard(), List.of());
			List<Long> window = new ArrayList<>(turn.inFlight());
			fetched.forEach((message) -> window.add(message.id()));
			exchanged.due()
				.stream()
				.filter((message) -> message.shard() == turn.lease().shard())
				.forEach((message) -> window.add(message.id()));
			board.recorded(window);
			if (turn.limit() > 0) {
				fetched.forEach((message) -> take(board, message));
				boolean full = fetched.size() >= turn.limit();
				board.hungry = full && board.skipped < 5 * batchSize;
			}
		}
		this.behind = this.boards.values().stream().anyMatch((board) -> board.hungry);
		exchanged.due().forEach(this::takeDue);
	}

	private void take(ShardBoard board, StoredMessage message) {
		board.cursor = Math.max(board.cursor, message.id());
		if (board.known.containsKey(message.id()) || this.expected.contains(message.messageId())) {
			return;
		}
		String key = message.key();
		HandlerQueue queue = this.byType.get(message.type());
		Lane lane = (key != null) ? board.lanes.get(key) : null;
		boolean wanted = queue != null && (lane != null || queue.room() > 0) && (lane == null || !lane.isFull());
		if (queue == null || !wanted || (key != null && board.leftOut.contains(key))) {
			board.skipped++;
			if (key != null) {
				board.leftOut.add(key);
			}
			return;
		}
		line(know(message, queue, board, true));
	}

	private void takeDue(StoredMessage message) {
		ShardBoard board = this.boards.get(message.shard());
		HandlerQueue queue = this.byType.get(message.type());
		if (board == null || board.draining || queue == null || board.known.containsKey(message.id())
				|| (message.crashes() > 0 && this.suspectKnown)) {
			return;
		}
		this.suspectKnown |= message.crashes() > 0;
		line(know(message, queue, board, true));
	}

	private static Entry know(StoredMessage message, HandlerQueue queue, ShardBoard board, boolean inWindow) {
		Entry entry = new Entry(message, queue, board, inWindow);
		board.known.put(message.id(), entry);
		return entry;
	}

	private void line(Entry entry) {
		String key = entry.message.key();
		if (key == null) {
			ready(entry);
			return;
		}
		Lane lane = entry.board.lanes.computeIfAbsent(key, (absent) -> new Lane());
		if (lane.out == null) {
			lane.out = entry;
			ready(entry);
		}
		else {
			lane.waiting.put(entry.message.id(), entry);
		}
	}

	private void ready(Entry entry) {
		entry.queue.ready.add(entry);
		start(entry.queue);
	}

	private void start(HandlerQueue queue) {
		if (queue.isFree() && !queue.paused && this.maySend.getAsBoolean()) {
			queue.running++;
			this.startWorker.accept(queue);
		}
	}

	/**
	 * Stop or resume a handler's deliveries.
	 * @return whether there is such a handler
	 */
	synchronized boolean pause(String handler, boolean paused) {
		boolean found = false;
		for (HandlerQueue queue : this.queues) {
			if (queue.handler.name().equals(handler)) {
				queue.paused = paused;
				found = true;
			}
		}
		resume();
		rescan(List.copyOf(this.boards.keySet()));
		return found;
	}

	/**
	 * Start what stood still while it was not certain that the shards are ours.
	 */
	synchronized void resume() {
		for (HandlerQueue queue : this.queues) {
			for (int waiting = queue.ready.size(); waiting > 0 && queue.isFree(); waiting--) {
				start(queue);
			}
		}
	}

	// Delivering

	/**
	 * Return a worker's next message, or {@code null} if there is none: then the worker
	 * is no longer counted.
	 */
	synchronized @Nullable Entry next(HandlerQueue queue) {
		Entry entry = (this.maySend.getAsBoolean() && !queue.paused) ? queue.ready.poll() : null;
		if (entry == null) {
			queue.running--;
		}
		else {
			entry.sent = true;
		}
		return entry;
	}

	/**
	 * Replace a worker that does not come back.
	 */
	synchronized void abandon(HandlerQueue queue) {
		queue.running--;
		if (!queue.ready.isEmpty()) {
			start(queue);
		}
	}

	synchronized boolean isIdle() {
		return this.queues.stream().allMatch((queue) -> queue.running == 0);
	}

	/**
	 * A delivery has ended. The key goes on at once if the message was delivered, else
	 * when the store has the message in its new place.
	 * @return whether it matters: the shard may be another's by now
	 */
	synchronized boolean ended(Entry entry, Outcome outcome) {
		entry.queue.ended();
		if (entry.board.gone) {
			return false;
		}
		if (outcome instanceof Outcome.Delivered) {
			advance(entry);
		}
		return true;
	}

	synchronized void settled(List<Ended> ended) {
		ended.forEach(this::settled);
	}

	private void settled(Ended end) {
		Entry entry = end.entry();
		entry.board.known.remove(entry.message.id());
		if (entry.isSuspect()) {
			this.suspectKnown = false;
		}
		if (end.outcome() instanceof Outcome.Later later && entry.holdsKey(later)) {
			forgetSuccessors(entry);
		}
		else if (!(end.outcome() instanceof Outcome.Delivered)) {
			advance(entry);
		}
		if (holdsKeyInStore(entry)) {
			entry.board.rescan();
		}
	}

	private void advance(Entry entry) {
		Lane lane = lane(entry);
		if (lane != null) {
			Entry next = lane.advance();
			if (next != null) {
				ready(next);
			}
			else {
				entry.board.lanes.remove(entry.message.key());
			}
		}
	}

	private void forgetSuccessors(Entry entry) {
		Lane lane = lane(entry);
		if (lane != null) {
			lane.waiting.keySet().forEach(entry.board.known::remove);
			entry.board.lanes.remove(entry.message.key());
		}
	}

	private static @Nullable Lane lane(Entry entry) {
		String key = entry.message.key();
		return (key != null) ? entry.board.lanes.get(key) : null;
	}

}
