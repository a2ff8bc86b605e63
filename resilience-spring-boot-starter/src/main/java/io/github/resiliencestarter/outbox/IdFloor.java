package io.github.resiliencestarter.outbox;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.github.resiliencestarter.guard.MonotonicClock;

/**
 * A recent id: whatever is stored from now on gets a higher one, because the store gives
 * them in ascending order. Asking for ids costs each publisher a little, so only a few of
 * them do. Thread-safe.
 */
final class IdFloor {

	/** So far a scan may have come, and goes back for what commits late. */
	private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

	private final AtomicLong id = new AtomicLong();

	private final MonotonicClock clock;

	private volatile long learntAt;

	IdFloor(MonotonicClock clock) {
		this.clock = clock;
	}

	/**
	 * Return the least id that can be given from now on.
	 */
	long next() {
		long known = this.id.get();
		return (known > 0) ? known + 1 : Committed.UNKNOWN;
	}

	boolean isStale() {
		return this.id.get() == 0 || this.clock.nanoTime() - this.learntAt > FRESH_NANOS;
	}

	void learn(List<Appended> appended) {
		if (!appended.isEmpty()) {
			this.id.accumulateAndGet(appended.get(appended.size() - 1).id(), Math::max);
			this.learntAt = this.clock.nanoTime();
		}
	}

}
