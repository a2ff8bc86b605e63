package io.github.resiliencestarter.timeout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The slots of all threads that have ever asked. Those of ended threads are dropped when
 * the table is full, so it stays below twice the number of living threads; what they have
 * counted stays.
 */
final class SlotTable {

	private static final int LEAST_CAPACITY = 16;

	private Slot[] slots = new Slot[LEAST_CAPACITY];

	private int size;

	private long[] inTimeOfEndedThreads = new long[0];

	synchronized void add(Slot slot) {
		if (this.size == this.slots.length) {
			dropAbandoned();
		}
		this.slots[this.size++] = slot;
	}

	// into a new array: whoever still reads the old one is not disturbed
	private void dropAbandoned() {
		List<Slot> kept = new ArrayList<>();
		for (Slot slot : this.slots) {
			if (slot.isAbandoned()) {
				keepCounts(slot);
			}
			else {
				kept.add(slot);
			}
		}
		this.size = kept.size();
		this.slots = kept.toArray(new Slot[Math.max(LEAST_CAPACITY, 2 * this.size)]);
	}

	private void keepCounts(Slot slot) {
		if (slot.counters() > this.inTimeOfEndedThreads.length) {
			this.inTimeOfEndedThreads = Arrays.copyOf(this.inTimeOfEndedThreads, slot.counters());
		}
		for (int counter = 0; counter < slot.counters(); counter++) {
			this.inTimeOfEndedThreads[counter] += slot.inTime(counter);
		}
	}

	/**
	 * Return how many calls ended in time, those of ended threads included.
	 * @param counter the counter's index
	 * @return the number
	 */
	synchronized long inTime(int counter) {
		long count = (counter < this.inTimeOfEndedThreads.length) ? this.inTimeOfEndedThreads[counter] : 0;
		for (Slot slot : all()) {
			count += slot.inTime(counter);
		}
		return count;
	}

	synchronized List<Slot> all() {
		return Arrays.asList(this.slots).subList(0, this.size);
	}

}
