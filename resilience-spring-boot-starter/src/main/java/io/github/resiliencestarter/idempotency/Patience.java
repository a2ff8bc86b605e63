package io.github.resiliencestarter.idempotency;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;

/**
 * How long one call may still wait for others: bounded by {@code maxWait} and by what is
 * left of the caller's time. Waits grow and are jittered, so that waiters do not come
 * back in step.
 */
final class Patience {

	/** What a caller whose patience has run out is told. */
	static final Duration RETRY_AFTER = Duration.ofSeconds(1);

	private static final long FIRST = TimeUnit.MILLISECONDS.toNanos(10);

	private static final long LONGEST = TimeUnit.MILLISECONDS.toNanos(400);

	private final MonotonicClock clock;

	private final long end;

	private long step = FIRST;

	Patience(MonotonicClock clock, Duration most) {
		this(clock, Math.min(most.toNanos(), TimeBudget.ofThread().remaining(clock.nanoTime())));
	}

	private Patience(MonotonicClock clock, long nanos) {
		this.clock = clock;
		this.end = clock.nanoTime() + nanos;
	}

	static Patience withoutDeadline(MonotonicClock clock, Duration most) {
		return new Patience(clock, most.toNanos());
	}

	long remaining() {
		return this.end - this.clock.nanoTime();
	}

	/**
	 * Wait a little.
	 * @return whether there is a point in another try; otherwise no time is left
	 */
	boolean pause() throws InterruptedException {
		long remaining = remaining();
		if (remaining <= 0) {
			return false;
		}
		long pause = ThreadLocalRandom.current().nextLong(this.step / 2, this.step + 1);
		this.step = Math.min(2 * this.step, LONGEST);
		this.clock.sleep(Math.min(pause, remaining));
		return true;
	}

}
