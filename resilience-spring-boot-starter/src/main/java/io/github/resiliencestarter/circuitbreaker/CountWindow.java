package io.github.resiliencestarter.circuitbreaker;

import java.util.Arrays;

/**
 * The last so many calls. Only what went wrong is written down, with the call's number; a
 * success merely moves the window on, so that any number of them costs one addition.
 */
final class CountWindow implements Window {

	private static final int FAILED = 1;

	private static final int SLOW = 2;

	private final int size;

	/** How many calls there have been. */
	private long calls;

	/** The calls that went wrong, oldest first from {@link #head}: number * 4 + flags. */
	private long[] wrong = new long[8];

	private int head;

	private int length;

	private int failed;

	private int slow;

	CountWindow(int size) {
		this.size = size;
	}

	@Override
	public void addSuccesses(long count) {
		this.calls += count;
		dropOld();
	}

	@Override
	public void add(boolean failed, boolean slow) {
		this.calls++;
		dropOld();
		if (failed || slow) {
			append(this.calls * 4 + (failed ? FAILED : 0) + (slow ? SLOW : 0));
		}
	}

	private void append(long entry) {
		if (this.length == this.wrong.length) {
			this.wrong = unrolled();
			this.head = 0;
		}
		this.wrong[(this.head + this.length++) % this.wrong.length] = entry;
		count(entry, 1);
	}

	private long[] unrolled() {
		long[] larger = Arrays.copyOfRange(this.wrong, this.head, this.head + 2 * this.length);
		System.arraycopy(this.wrong, 0, larger, this.length - this.head, this.head);
		return larger;
	}

	private void dropOld() {
		while (this.length > 0 && this.wrong[this.head] / 4 <= this.calls - this.size) {
			count(this.wrong[this.head], -1);
			this.head = (this.head + 1) % this.wrong.length;
			this.length--;
		}
	}

	private void count(long entry, int change) {
		this.failed += ((entry & FAILED) != 0) ? change : 0;
		this.slow += ((entry & SLOW) != 0) ? change : 0;
	}

	@Override
	public void advanceTo(long now) {
		// calls do not age
	}

	@Override
	public long constantUntil() {
		return Long.MAX_VALUE;
	}

	@Override
	public CallTotals totals() {
		return new CallTotals(Math.min(this.calls, this.size), this.failed, this.slow);
	}

}
