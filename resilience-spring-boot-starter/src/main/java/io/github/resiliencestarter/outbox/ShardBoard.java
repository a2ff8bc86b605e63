package io.github.resiliencestarter.outbox;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the owner of a shard has in memory of it. Guarded by the dispatcher's lock.
 * <p>
 * The shard is scanned in the order of ids. The cursor is only a hint, because rows with
 * smaller ids can commit later: every poll begins a new scan. A key whose message was
 * left out by a scan is left out until the scan begins anew, so no message overtakes
 * another of its key.
 */
final class ShardBoard {

	final ShardLease lease;

	final Map<Long, Entry> known = new HashMap<>();

	final Map<String, Lane> lanes = new HashMap<>();

	final Set<String> leftOut = new HashSet<>();

	private List<Long> recorded = List.of();

	long cursor;

	/** Whether a fetch may find something. */
	boolean hungry = true;

	/** Rows that this scan left out. */
	int skipped;

	/** No longer ours: whatever its messages come to, others decide. */
	boolean gone;

	/** To be given back as soon as nothing of it is under way. */
	boolean draining;

	ShardBoard(ShardLease lease) {
		this.lease = lease;
	}

	void rescan() {
		this.cursor = 0;
		this.skipped = 0;
		this.leftOut.clear();
		this.hungry = true;
	}

	void forgetUnsent() {
		this.known.values().removeIf((entry) -> !entry.sent);
		this.lanes.values().forEach((lane) -> lane.waiting.clear());
	}

	List<Long> sent() {
		return this.known.values().stream().filter((entry) -> entry.sent).map((entry) -> entry.message.id()).toList();
	}

	List<Long> inFlight(Set<Entry> ended) {
		List<Long> ids = new ArrayList<>();
		for (Entry entry : this.known.values()) {
			if (entry.inWindow && !ended.contains(entry)) {
				ids.add(entry.message.id());
			}
		}
		return ids;
	}

	boolean isRecorded(List<Long> inFlight) {
		return this.recorded.size() == inFlight.size() && Set.copyOf(this.recorded).containsAll(inFlight);
	}

	void recorded(List<Long> inFlight) {
		this.recorded = inFlight;
	}

}
