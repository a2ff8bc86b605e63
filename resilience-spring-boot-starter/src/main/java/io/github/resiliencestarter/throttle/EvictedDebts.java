package io.github.resiliencestarter.throttle;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What evicted keys owe, in memory that does not grow: keys of equal hash share a place,
 * and the largest debt counts for all of them. So a key that comes back never owes less
 * than it did; one that meets another's debt may owe more, for at most the time in which
 * that limit fills up.
 */
final class EvictedDebts {

	private static final int MOST_PLACES = 1 << 16;

	private final AtomicLongArray tats;

	/**
	 * Create the memory.
	 * @param maxKeys how many keys are not evicted
	 */
	EvictedDebts(long maxKeys) {
		int places = 1;
		while (places < maxKeys && places < MOST_PLACES) {
			places <<= 1;
		}
		this.tats = new AtomicLongArray(places);
	}

	void add(Object key, long tat) {
		this.tats.accumulateAndGet(place(key), tat, Math::max);
	}

	/**
	 * Return what a key owes at most.
	 * @param key the key
	 * @return the moment at which all its permits are back
	 */
	long of(Object key) {
		return this.tats.get(place(key));
	}

	private int place(Object key) {
		int hash = key.hashCode() * 0x9E3779B9;
		return (hash ^ (hash >>> 16)) & (this.tats.length() - 1);
	}

}
