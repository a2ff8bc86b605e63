package io.github.resiliencestarter.outbox;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The keys of a shard, each of which lets one message out at a time. A message without a
 * key waits for nobody. Guarded by the dispatcher's lock.
 */
final class Lanes {

	private final Map<String, Lane> byKey = new HashMap<>();

	/**
	 * Line a message up.
	 * @return whether it may go out now
	 */
	boolean enter(Entry entry) {
		String key = entry.message.key();
		if (key == null) {
			return true;
		}
		Lane lane = this.byKey.computeIfAbsent(key, (absent) -> new Lane());
		if (lane.out == null) {
			lane.out = entry;
			return true;
		}
		lane.waiting.put(entry.message.id(), entry);
		return false;
	}

	/**
	 * Return the lane of a key, or {@code null} if none of its messages is in memory.
	 */
	@Nullable Lane of(@Nullable String key) {
		return (key != null) ? this.byKey.get(key) : null;
	}

	/**
	 * Let the next of the key go.
	 * @return the message that may go out now, or {@code null}
	 */
	@Nullable Entry advance(Entry entry) {
		Lane lane = of(entry.message.key());
		Entry next = (lane != null) ? lane.advance() : null;
		if (lane != null && next == null) {
			this.byKey.remove(entry.message.key());
		}
		return next;
	}

	/**
	 * Forget the key.
	 * @return the ids of those that waited
	 */
	Collection<Long> close(Entry entry) {
		Lane lane = of(entry.message.key());
		if (lane == null) {
			return List.of();
		}
		this.byKey.remove(entry.message.key());
		return lane.waiting.keySet();
	}

	void forgetUnsent() {
		this.byKey.values().removeIf((lane) -> lane.out == null || !lane.out.sent);
		this.byKey.values().forEach((lane) -> lane.waiting.clear());
	}

}
