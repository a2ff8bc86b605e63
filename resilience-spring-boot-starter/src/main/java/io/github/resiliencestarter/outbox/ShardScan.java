package io.github.resiliencestarter.outbox;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * How far the owner of a shard has read it. Guarded by the dispatcher's lock.
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
final class ShardScan {

	private static final long NOWHERE = Committed.UNKNOWN;

	/** The first message of each key that this scan left out. */
	private final Map<String, Long> leftOut = new HashMap<>();

	/** The first message that this scan left out because its handler had no room. */
	private final Map<HandlerQueue, Long> crowded = new HashMap<>();

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

	long cursor() {
		return this.cursor;
	}

	boolean isHungry() {
		return this.hungry;
	}

	boolean isOverlapping() {
		return this.overlapping;
	}

	/**
	 * Messages have committed, none of which has a smaller id.
	 */
	void feed(long from) {
		this.fed = true;
		goBack(from);
	}

	void poll() {
		if (!this.paused) {
			restart();
		}
		this.paused = false;
		this.skipped = 0;
		this.hungry = true;
	}

	void restart() {
		goBack(0);
	}

	private void goBack(long id) {
		this.backTo = Math.min(this.backTo, id);
	}

	/**
	 * Move the scan to where the next exchange goes on with it.
	 */
	void prepare() {
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
	 * @param lane the messages of its key in memory, or {@code null} if there are none
	 */
	boolean wants(StoredMessage message, @Nullable HandlerQueue queue, @Nullable Lane lane) {
		String key = message.key();
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
	 * None of a key's messages is in memory any more: take up those that were left out.
	 */
	void keyEnded(@Nullable String key) {
		Long first = (key != null) ? this.leftOut.get(key) : null;
		if (first != null) {
			goBack(first);
		}
	}

	void passed(StoredMessage message) {
		this.cursor = Math.max(this.cursor, message.id());
	}

	/**
	 * Go on while the store may have more, but pause where most of it is not for now.
	 */
	void scanned(boolean more, int mostSkipped) {
		this.overlapping = false;
		this.paused = more && this.skipped >= mostSkipped;
		this.hungry = more && !this.paused;
	}

}
