package io.github.resiliencestarter.outbox;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Keeps what deliveries have come to until the store has it. While the database is away
 * nothing is forgotten, and no delivery is made again because of it; what is about a
 * shard that was lost meanwhile is dropped, because its new owner decides. Guarded by the
 * dispatcher's lock.
 */
final class Acknowledger {

	private static final int MOST = 4000;

	private final Deque<Ended> ended = new ArrayDeque<>();

	private List<Ended> unsettled = new ArrayList<>();

	void add(Ended end) {
		this.ended.add(end);
	}

	/**
	 * Return what is to be settled, the same again until it is settled.
	 */
	List<Ended> next() {
		while (this.unsettled.size() < MOST && !this.ended.isEmpty()) {
			Ended end = this.ended.remove();
			end.entry().settling = true;
			this.unsettled.add(end);
		}
		this.unsettled.removeIf((each) -> each.entry().board.gone);
		return List.copyOf(this.unsettled);
	}

	void settled() {
		this.unsettled = new ArrayList<>();
	}

}
