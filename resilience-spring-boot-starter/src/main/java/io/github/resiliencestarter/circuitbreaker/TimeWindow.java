package io.github.resiliencestarter.circuitbreaker;

import java.util.Arrays;

/**
 * The calls of the last while, in a ring of buckets: nothing older than the window
 * counts, and everything younger than 99 % of it does.
 */
final class TimeWindow implements Window {

	private static final int BUCKETS = 100;

	private final long bucketNanos;

	private final long[] calls = new long[BUCKETS];

	private final long[] failed = new long[BUCKETS];

	private final long[] slow = new long[BUCKETS];

	private long allCalls;

	private long allFailed;

	private long allSlow;

	/** The bucket being filled, counted from time zero. */
	private long current;

	TimeWindow(long nanos, long now) {
		this.bucketNanos = nanos / BUCKETS;
		this.current = now / this.bucketNanos;
	}

	@Override
	public void addSuccesses(long count) {
		this.calls[index(this.current)] += count;
		this.allCalls += count;
	}

	@Override
	public void add(boolean failed, boolean slow) {
		addSuccesses(1);
		if (failed) {
			this.failed[index(this.current)]++;
			this.allFailed++;
		}
		if (slow) {
			this.slow[index(this.current)]++;
			this.allSlow++;
		}
	}

	@Override
	public void advanceTo(long now) {
		long bucket = now / this.bucketNanos;
		if (bucket - this.current >= BUCKETS) {
			empty();
			this.current = bucket;
		}
		while (this.current < bucket) {
			this.current++;
			empty(index(this.current));
		}
	}

	private void empty() {
		Arrays.fill(this.calls, 0);
		Arrays.fill(this.failed, 0);
		Arrays.fill(this.slow, 0);
		this.allCalls = 0;
		this.allFailed = 0;
		this.allSlow = 0;
	}

	private void empty(int index) {
		this.allCalls -= this.calls[index];
		this.allFailed -= this.failed[index];
		this.allSlow -= this.slow[index];
		this.calls[index] = 0;
		this.failed[index] = 0;
		this.slow[index] = 0;
	}

	private static int index(long bucket) {
		return (int) (bucket % BUCKETS);
	}

	@Override
	public long constantUntil() {
		return (this.current + 1) * this.bucketNanos;
	}

	@Override
	public CallTotals totals() {
		return new CallTotals(this.allCalls, this.allFailed, this.allSlow);
	}

}
