package io.github.resiliencestarter.outbox;

import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * The messages of one key: at most one is out, the others wait in the order of their ids.
 * Guarded by the dispatcher's lock.
 */
final class Lane {

	/** More of one key are left in the store, so that they take no other key's place. */
	private static final int MOST = 16;

	final TreeMap<Long, Entry> waiting = new TreeMap<>();

	@Nullable Entry out;

	boolean isFull() {
		return this.waiting.size() >= MOST;
	}

	@Nullable Entry advance() {
		Map.Entry<Long, Entry> first = this.waiting.pollFirstEntry();
		this.out = (first != null) ? first.getValue() : null;
		return this.out;
	}

}
