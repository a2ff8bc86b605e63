package io.github.resiliencestarter.idempotency;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The keys that this process has seen lately. Only a hint which question to ask the
 * database first: for a known key one read outside any transaction is enough, for a new
 * one the claim is. The answer is the database's either way, so 64 bits of a key's digest
 * are enough, and a key may be forgotten: the oldest of eight that share a set.
 * <p>
 * A set-associative cache of 512 KiB, whatever happens: of 20,000 keys it keeps 99.9 %,
 * of 60,000 nine in ten. Thread-safe; a key that is lost in a race does not matter.
 */
final class RecentCalls {

	private static final int WAYS = 8;

	// a power of two
	private static final int SETS = 8_192;

	private final AtomicLongArray keys = new AtomicLongArray(SETS * WAYS);

	boolean mayKnow(IdempotencyId id) {
		long key = key(id);
		int newest = newest(key);
		for (int place = newest; place < newest + WAYS; place++) {
			if (this.keys.getOpaque(place) == key) {
				return true;
			}
		}
		return false;
	}

	void add(IdempotencyId id) {
		long key = key(id);
		int newest = newest(key);
		for (int place = newest + WAYS - 1; place > newest; place--) {
			this.keys.setOpaque(place, this.keys.getOpaque(place - 1));
		}
		this.keys.setOpaque(newest, key);
	}

	private static int newest(long key) {
		return (int) (key & (SETS - 1)) * WAYS;
	}

	private static long key(IdempotencyId id) {
		return ByteBuffer.wrap(id.bytes()).getLong();
	}

}
