package io.github.resiliencestarter.outbox;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What the owner of a shard has in memory of it. Guarded by the dispatcher's lock.
 * <p>
 * The shard is scanned in the order of ids. The cursor is only a hint, because rows with
 * smaller ids can commit later: every poll begins a new scan, or goes on with one that
 * paused because most of what it found was not for now. A key whose message was left out
 * by a scan is left out until the scan begins anew, so no message overtakes another of
 * its key.
 */
final class ShardBoard {

	final ShardLease lease;

	final Lanes lanes = new Lanes();

	private final Map<Long, Entry> known = new HashMap<>();

	private final Set<String> leftOut = new HashSet<>();

	private List<Long> recorded = List.of();

	private long cursor;

	/** Rows that this scan left out since it last began or went on. */
	private int skipped;

	private boolean paused;

	/** Whether a fetch may find something. */
	boolean hungry = true;

	/** No longer ours: whatever its messages come to, others decide. */
	boolean gone;

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

	void rescan() {
		this.cursor = 0;
		this.skipped = 0;
		this.leftOut.clear();
		this.paused = false;
		this.hungry = true;
	}

	void poll() {
		if (!this.paused) {
			rescan();
		}
		this.paused = false;
		this.skipped = 0;
		this.hungry = true;
	}

	/**
	 * Tell whether to deliver a fetched message now; if not, its key is left out too.
	 */
	boolean wants(StoredMessage message, @Nullable HandlerQueue queue) {
		String key = message.key();
		Lane lane = this.lanes.of(key);
		boolean wanted = queue != null && ((lane != null) ? !lane.isFull() : queue.room() > 0);
		if (wanted && (key == null || !this.leftOut.contains(key))) {
			return true;
		}
		this.skipped++;
		if (key != null) {
			this.leftOut.add(key);
		}
		return false;
	}

	void passed(StoredMessage message) {
		this.cursor = Math.max(this.cursor, message.id());
	}

	/**
	 * Go on while the store has more, but pause where most of it is not for now.
	 */
	void scanned(boolean full, int mostSkipped) {
		this.paused = full && this.skipped >= mostSkipped;
		this.hungry = full && !this.paused;
	}

	// The window

	ShardTurn turn(List<StoredMessage> delivered, Set<Entry> ended, int share) {
		List<Long> inFlight = inFlight(ended);
		int known = (this.cursor == 0) ? this.known.size() : 0;
		return new ShardTurn(this.lease, delivered, inFlight, isRecorded(inFlight), this.cursor,
				(share > 0) ? share + known : 0);
	}

	private List<Long> inFlight(Set<Entry> ended) {
		List<Long> ids = new ArrayList<>();
		for (Entry entry : this.known.values()) {
			if (entry.inWindow && !ended.contains(entry)) {
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
