package io.github.resiliencestarter.outbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Keeps what deliveries have come to until the store has it. While the database is away
 * nothing is forgotten, and no delivery is made again because of it; what is about a
 * shard that was lost meanwhile is dropped, because its new owner decides.
 */
final class Acknowledger {

	private static final int MOST = 2000;

	private final Queue<Ended> ended = new ConcurrentLinkedQueue<>();

	/** Only the relay's thread uses it. */
	private List<Ended> unsettled = new ArrayList<>();

	void add(Ended end) {
		this.ended.add(end);
	}

	boolean isEmpty() {
		return this.unsettled.isEmpty() && this.ended.isEmpty();
	}

	/**
	 * Return what is to be settled, the same again until it is settled.
	 */
	List<Ended> next() {
		Ended end;
		while (this.unsettled.size() < MOST && (end = this.ended.poll()) != null) {
			this.unsettled.add(end);
		}
		this.unsettled.removeIf((each) -> each.entry().board.gone);
		return List.copyOf(this.unsettled);
	}

	void settled() {
		this.unsettled = new ArrayList<>();
	}

}
