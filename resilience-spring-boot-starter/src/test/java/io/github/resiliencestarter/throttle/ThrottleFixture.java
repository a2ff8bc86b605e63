package io.github.resiliencestarter.throttle;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.VirtualClock;

/**
 * Throttles without Spring, on a clock that the test turns.
 */
final class ThrottleFixture {

	final VirtualClock clock = new VirtualClock();

	Throttle rate(String rate, Duration maxWait) {
		return throttle(rate, null, maxWait, this.clock);
	}

	Throttle concurrency(int concurrency, Duration maxWait) {
		return throttle(null, concurrency, maxWait, this.clock);
	}

	static Throttle throttle(@Nullable String rate, @Nullable Integer concurrency, Duration maxWait,
			MonotonicClock clock) {
		ThrottleSettings settings = new ThrottleSettings((rate != null) ? Rate.valueOf(rate) : null, null, concurrency,
				maxWait, null, null, null, null, null);
		RateLimit limit = Limits.of(settings).rate();
		return new Throttle("test", settings, (limit != null) ? new SinglePermits(limit) : null, clock);
	}

}
