package io.github.resiliencestarter.outbox;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What the owner of a shard has in memory of it. Guarded by the dispatcher's lock.
 * <p>
 * The shard is scanned in the order of ids. The cursor is only a hint, because rows with
 * smaller ids can commit later: whoever committed them says from where to look again, and
 * every poll begins a new scan, or goes on with one that paused because most of what it
 * found was not for now. A key whose message was left out is left out until the scan goes
 * back to that message, so no message overtakes another of its key. It goes back as soon
 * as the reason has passed: a handler has room again, or the messages of the key that
 * were in memory have ended.
 * <p>
 * The reason may pass while the store is asked. What that exchange fetches was asked for
 * by the scan as it was, and must find it so; therefore a scan is only ever moved when
 * the next exchange is put together.
 */
final class ShardBoard {

	private static final long NOWHERE = Committed.UNKNOWN;

	final ShardLease lease;

	final Lanes lanes = new Lanes();

	private final Map<Long, Entry> known = new HashMap<>();

	/** The first message of each key that this scan left out. */
	private final Map<String, Long> leftOut = new HashMap<>();

	/** The first message that this scan left out because its handler had no room. */
	private final Map<HandlerQueue, Long> crowded = new HashMap<>();

	private List<Long> recorded = List.of();

	/** Where the scan is to go back to before the next exchange. */
	private long backTo = NOWHERE;

	/** Whether messages have committed that the next exchange may find. */
	private boolean fed;

	private long cursor;

	/** Rows that this scan left out since it last began or went on. */
	private int skipped;

	private boolean paused;

	/** Whether the scan may meet rows that are known. */
	private boolean overlapping;

	/** Whether a fetch may find something. */
	private boolean hungry = true;

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

	// The scan

	/**
	 * Messages have committed, none of which has a smaller id.
	 */
	void feed(long from) {
		this.fed = true;
		goBack(from);
	}

	boolean isHungry() {
		return this.hungry && !this.draining;
	}

	void poll() {
		if (!this.paused) {
			rescan();
		}
		this.paused = false;
		this.skipped = 0;
		this.hungry = true;
	}

	void rescan() {
		goBack(0);
	}

	private void goBack(long id) {
		this.backTo = Math.min(this.backTo, id);
	}

	/**
	 * Move the scan to where the next exchange goes on with it.
	 */
	void prepareScan() {
		reconsider();
		if (this.backTo <= this.cursor) {
			scanFrom(this.backTo);
		}
		this.backTo = NOWHERE;
		this.hungry |= this.fed;
		this.fed = false;
	}

	/**
	 * Take up what had no room, if there is room by now.
	 */
	private void reconsider() {
		if (!this.hungry && !this.crowded.isEmpty()) {
			this.crowded.entrySet()
				.stream()
				.filter((each) -> each.getKey().room() > 0)
				.map(Map.Entry::getValue)
				.min(Long::compare)
				.ifPresent(this::goBack);
		}
	}

	/**
	 * Scan again from a row that was left out. What was left out before it stays so.
	 */
	private void scanFrom(long id) {
		this.cursor = Math.min(this.cursor, Math.max(0, id - 1));
		this.leftOut.values().removeIf((first) -> first >= id);
		this.crowded.values().removeIf((first) -> first >= id);
		this.skipped = 0;
		this.paused = false;
		this.overlapping = true;
		this.hungry = true;
	}

	/**
	 * Tell whether to deliver a fetched message now; if not, its key is left out too.
	 */
	boolean wants(StoredMessage message, @Nullable HandlerQueue queue) {
		String key = message.key();
		Lane lane = this.lanes.of(key);
		boolean wanted = queue != null && ((lane != null) ? !lane.isFull() : queue.room() > 0);
		if (wanted && (key == null || !this.leftOut.containsKey(key))) {
			return true;
		}
		this.skipped++;
		if (key != null) {
			this.leftOut.putIfAbsent(key, message.id());
		}
		if (queue != null && lane == null) {
			this.crowded.putIfAbsent(queue, message.id());
		}
		return false;
	}

	/**
	 * Let the next message of a key go.
	 * @return the message that may go out now, or {@code null}
	 */
	@Nullable Entry advance(Entry entry) {
		Entry next = this.lanes.advance(entry);
		Long leftOut = (next == null && entry.message.key() != null) ? this.leftOut.get(entry.message.key()) : null;
		if (leftOut != null) {
			goBack(leftOut);
		}
		return next;
	}

	void passed(StoredMessage message) {
		this.cursor = Math.max(this.cursor, message.id());
	}

	/**
	 * Go on while the store has more, but pause where most of it is not for now.
	 */
	void scanned(boolean full, int mostSkipped) {
		this.overlapping = false;
		this.paused = full && this.skipped >= mostSkipped;
		this.hungry = full && !this.paused;
	}

	// The window

	ShardTurn turn(List<StoredMessage> delivered, int share) {
		List<Long> inFlight = inFlight();
		return new ShardTurn(this.lease, delivered, inFlight, isRecorded(inFlight), this.cursor, share,
				this.overlapping ? this.known.size() : 0);
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
