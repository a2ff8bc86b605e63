package io.github.resiliencestarter.retry;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

import io.github.resiliencestarter.guard.MonotonicClock;

/**
 * A token bucket that keeps retries a fraction of the calls, so that a dependency which
 * fails is not hit harder because it fails. A retry takes one token; a call brings
 * {@code ratio} of one, and time brings the reserve. The idea is that of Finagle's retry
 * budget and of the SRE book's chapter on overload.
 * <p>
 * Invariant: between two draws tokens only come in, so it is the same whether the bucket
 * is filled, and cut off at its rim, at every call or only at the next draw. So the calls
 * are only counted, by the counters that metrics need anyway, and the lock is taken on
 * failures only. Thread-safe.
 */
final class RetryBudget {

	private static final double SECOND = 1e9;

	private static final int FULL_AFTER_SECONDS = 10;

	private final List<LongAdder> calls = new CopyOnWriteArrayList<>();

	private final double ratio;

	private final double perSecond;

	private final MonotonicClock clock;

	private double tokens;

	private long settledCalls;

	private long settledAt;

	RetryBudget(double ratio, double perSecond, MonotonicClock clock) {
		this.ratio = ratio;
		this.perSecond = perSecond;
		this.clock = clock;
		this.tokens = perSecond;
		this.settledAt = clock.nanoTime();
	}

	/**
	 * Add a count of calls that bring their share.
	 * @param counter a counter that only grows
	 */
	void fillBy(LongAdder counter) {
		this.calls.add(counter);
	}

	/**
	 * Take the token of one retry.
	 * @return whether there was one
	 */
	synchronized boolean draw() {
		settle();
		if (this.tokens < 1) {
			return false;
		}
		this.tokens -= 1;
		return true;
	}

	private void settle() {
		long now = this.clock.nanoTime();
		long sum = this.calls.stream().mapToLong(LongAdder::sum).sum();
		double income = (sum - this.settledCalls) * this.ratio + (now - this.settledAt) / SECOND * this.perSecond;
		this.tokens = Math.min(this.tokens + income, rim());
		this.settledCalls = sum;
		this.settledAt = now;
	}

	/**
	 * Ten seconds of the reserve; without a reserve, or with a tiny one, still room to
	 * save for whole tokens.
	 */
	private double rim() {
		return FULL_AFTER_SECONDS * Math.max(this.perSecond, 1);
	}

}
