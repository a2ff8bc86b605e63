package io.github.resiliencestarter.throttle;

import java.time.Duration;

/**
 * A rate and its burst in the nanoseconds that {@link Gcra} counts with. The interval is
 * rounded up, so that rounding never admits more than the rate.
 *
 * @param rate the rate
 * @param burst permits that may be used at once
 * @param interval the nanoseconds in which one permit comes back
 * @param capacity the nanoseconds in which all come back
 */
record RateLimit(Rate rate, long burst, long interval, long capacity) {

	/** 73 years: moments plus capacities stay far from the end of {@code long}. */
	private static final long LONGEST = Long.MAX_VALUE >> 2;

	static RateLimit of(Rate rate, long burst) {
		if (burst < 1) {
			throw new IllegalArgumentException("A burst is at least 1");
		}
		long interval = -Math.floorDiv(-rate.period().toNanos(), rate.permits());
		if (burst > LONGEST / interval) {
			throw new IllegalArgumentException(
					"A burst of " + burst + " at " + rate + " would take more than 70 years to come back");
		}
		return new RateLimit(rate, burst, interval, burst * interval);
	}

	/**
	 * Return how many permits are left.
	 * @param debt the nanoseconds until all would be back
	 * @return the number, never negative
	 */
	long left(long debt) {
		return Math.max(0, (this.capacity - Math.max(0, debt)) / this.interval);
	}

	/**
	 * Describe the limit as it stands.
	 * @param debt the nanoseconds until all permits would be back
	 * @return the description
	 */
	ThrottledException.Quota quota(long debt) {
		long left = left(debt);
		long reset = (left < this.burst) ? debt - this.capacity + (left + 1) * this.interval : 0;
		return new ThrottledException.Quota(this.rate, left, Duration.ofNanos(reset));
	}

}
