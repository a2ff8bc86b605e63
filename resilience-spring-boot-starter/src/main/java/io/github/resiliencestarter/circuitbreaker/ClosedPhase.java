package io.github.resiliencestarter.circuitbreaker;

import java.util.concurrent.atomic.LongAdder;

import io.github.resiliencestarter.circuitbreaker.CircuitBreakerSnapshot.State;

/**
 * Calls go through and are counted. Every permit is the phase itself: admission costs one
 * read, and a fast success one increment.
 * <p>
 * Fast successes are all alike, so they go to a striped counter, and are moved into the
 * window, inside the lock, before anything else is added to it or read from it. Sums of
 * such a counter lie between its values at their beginning and at their end, and it grows
 * by ones: whatever was read, it did have that value at some moment in between.
 * <p>
 * While {@link #watched}, each success asks for the verdict itself: until the minimum is
 * complete, and again in each new bucket of a time window. Both sides keep one order, so
 * that none is missed: a success is counted before the flag is read, the flag is set
 * before the count is read.
 */
final class ClosedPhase extends Phase implements Permit {

	private final LongAdder successes = new LongAdder();

	private final boolean readsClock;

	private final Window window;

	/** How many of the successes are in the window already. */
	private long moved;

	private volatile boolean watched = true;

	/** The window's {@link Window#constantUntil()}. */
	private volatile long constantUntil;

	ClosedPhase(Breaker breaker, long now) {
		super(breaker);
		BreakerConfig config = breaker.config();
		this.window = Window.of(config.window(), now);
		this.constantUntil = this.window.constantUntil();
		this.readsClock = config.looksAtSlowCalls() || this.constantUntil != Long.MAX_VALUE;
	}

	@Override
	State state() {
		return State.CLOSED;
	}

	@Override
	Permit admit(long limit) {
		return this;
	}

	@Override
	public void succeeded(long startedAt) {
		if (this.readsClock) {
			timedSuccess(startedAt, this.breaker.clock().nanoTime());
		}
		else {
			fastSuccess();
		}
	}

	private void timedSuccess(long startedAt, long now) {
		if (this.breaker.config().isSlow(now - startedAt)) {
			add(false, true, now);
			return;
		}
		if (now >= this.constantUntil) {
			advance(now);
		}
		fastSuccess();
	}

	private void fastSuccess() {
		this.successes.increment();
		if (this.watched) {
			this.breaker.settle(this);
		}
	}

	private void advance(long now) {
		this.breaker.lock();
		try {
			moveSuccesses();
			advanceWindow(now);
		}
		finally {
			this.breaker.unlock();
		}
	}

	@Override
	public void failed(long startedAt) {
		long now = this.breaker.clock().nanoTime();
		add(true, this.breaker.config().isSlow(now - startedAt), now);
	}

	@Override
	public void giveBack() {
		this.breaker.counts().ignored();
	}

	private void add(boolean failed, boolean slow, long now) {
		this.breaker.lock();
		try {
			this.breaker.counts().count(failed);
			settle(now);
			if (isCurrent()) {
				this.window.add(failed, slow);
				judge();
				watch();
			}
		}
		finally {
			this.breaker.unlock();
		}
	}

	@Override
	void settle(long now) {
		// from here on successes come and ask, until the verdict says otherwise
		this.watched = true;
		moveSuccesses();
		if (isCurrent()) {
			advanceWindow(now);
			judge();
			watch();
		}
	}

	private long takeSuccesses() {
		long count = this.successes.sum() - this.moved;
		this.moved += count;
		this.breaker.counts().succeeded(count);
		return count;
	}

	private void moveSuccesses() {
		long count = takeSuccesses();
		if (isCurrent()) {
			long missing = this.breaker.config().minimumCalls() - this.window.totals().calls();
			if (0 < missing && missing < count) {
				// several have come at once: the one that completes the minimum is judged
				this.window.addSuccesses(missing);
				judge();
				count -= missing;
			}
			this.window.addSuccesses(count);
		}
	}

	private void advanceWindow(long now) {
		if (now >= this.constantUntil) {
			this.watched = true;
			this.window.advanceTo(now);
			this.constantUntil = this.window.constantUntil();
		}
	}

	private void judge() {
		CallTotals totals = this.window.totals();
		if (isComplete(totals) && this.breaker.config().condemns(totals)) {
			this.breaker.open(totals);
		}
	}

	private void watch() {
		if (isCurrent()) {
			this.watched = !isComplete(this.window.totals());
		}
	}

	private boolean isComplete(CallTotals totals) {
		return totals.calls() >= this.breaker.config().minimumCalls();
	}

	@Override
	void retire() {
		// nobody looks at the window any more, but late successes are still to be counted
		this.watched = true;
		takeSuccesses();
	}

	@Override
	CallTotals totals() {
		return this.window.totals();
	}

}
