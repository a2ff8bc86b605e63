package io.github.resiliencestarter.outbox;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What the owner of a shard has in memory of it. Guarded by the dispatcher's lock.
 */
final class ShardBoard {

	final ShardLease lease;

	final Lanes lanes = new Lanes();

	final ShardScan scan = new ShardScan();

	private final Map<Long, Entry> known = new HashMap<>();

	private List<Long> recorded = List.of();

	/** No longer ours: whatever its messages come to, others decide. */
	volatile boolean gone;

	/** To be given back as soon as nothing of it is under way. */
	boolean draining;

	ShardBoard(ShardLease lease) {
		this.lease = lease;
	}

	// What is known

	boolean isEmpty() {
		return this.known.isEmpty();
	}

	boolean knows(long id) {
		return this.known.containsKey(id);
	}

	boolean knows(Entry entry) {
		return this.known.get(entry.message.id()) == entry;
	}

	Entry know(StoredMessage message, HandlerQueue queue, boolean inWindow) {
		Entry entry = new Entry(message, queue, this, inWindow);
		this.known.put(message.id(), entry);
		queue.weigh(message);
		return entry;
	}

	void forget(Entry entry) {
		this.known.remove(entry.message.id());
	}

	/**
	 * Leave a key's successors to the store, which hides them until it is their turn.
	 */
	void forgetSuccessors(Entry entry) {
		this.lanes.close(entry).forEach(this.known::remove);
	}

	void forgetUnsent() {
		this.known.values().removeIf((entry) -> !entry.sent);
		this.lanes.forgetUnsent();
	}

	List<Long> sent() {
		return this.known.values().stream().filter((entry) -> entry.sent).map((entry) -> entry.message.id()).toList();
	}

	// What comes next

	/**
	 * Return whether a fetch may find something.
	 */
	boolean isHungry() {
		return this.scan.isHungry() && !this.draining;
	}

	/**
	 * Tell whether to deliver a fetched message now.
	 */
	boolean wants(StoredMessage message, @Nullable HandlerQueue queue) {
		return this.scan.wants(message, queue, this.lanes.of(message.key()));
	}

	/**
	 * Let the next message of a key go.
	 * @return the message that may go out now, or {@code null}
	 */
	@Nullable Entry advance(Entry entry) {
		Entry next = this.lanes.advance(entry);
		if (next == null) {
			this.scan.keyEnded(entry.message.key());
		}
		return next;
	}

	// The window

	ShardTurn turn(List<StoredMessage> delivered, int share) {
		List<Long> inFlight = inFlight();
		return new ShardTurn(this.lease, delivered, inFlight, isRecorded(inFlight), this.scan.cursor(), share,
				this.scan.isOverlapping() ? this.known.size() : 0);
	}

	private List<Long> inFlight() {
		List<Long> ids = new ArrayList<>();
		for (Entry entry : this.known.values()) {
			if (entry.inWindow && !entry.settling) {
				ids.add(entry.message.id());
			}
		}
		return ids;
	}

	private boolean isRecorded(List<Long> inFlight) {
		return this.recorded.size() == inFlight.size() && Set.copyOf(this.recorded).containsAll(inFlight);
	}

	void recorded(List<Long> window) {
		this.recorded = window;
	}

}
