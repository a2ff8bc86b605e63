package io.github.resiliencestarter.circuitbreaker;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The settings of one breaker, complete, with times in nanoseconds.
 *
 * @param window which calls are looked at
 * @param minimumCalls how many of them a verdict needs
 * @param failureRate the percentage of failures that opens
 * @param slowNanos from when on a call is slow, or 0
 * @param slowRate the percentage of slow calls that opens
 * @param openTime how long the breaker stays open
 * @param trials how many trial calls decide
 * @param recorded which exceptions are failures
 * @param ignored which exceptions are nothing
 * @param mode what the verdict leads to
 */
record BreakerConfig(SlidingWindow window, int minimumCalls, int failureRate, long slowNanos, int slowRate,
		OpenTime openTime, int trials, List<Class<? extends Throwable>> recorded,
		List<Class<? extends Throwable>> ignored, CircuitBreakerMode mode) {

	static BreakerConfig of(CircuitBreakerSettings settings) {
		SlidingWindow window = Objects.requireNonNullElseGet(settings.slidingWindow(),
				() -> new SlidingWindow.LastCalls(100));
		int minimum = Objects.requireNonNullElse(settings.minimumNumberOfCalls(), 20);
		return new BreakerConfig(window, (window instanceof SlidingWindow.LastCalls last)
				// a window that never holds the minimum would never be judged
				? Math.min(minimum, last.number()) : minimum,
				Objects.requireNonNullElse(settings.failureRateThreshold(), 50),
				nanos(Objects.requireNonNullElse(settings.slowCallDurationThreshold(), Duration.ZERO)),
				Objects.requireNonNullElse(settings.slowCallRateThreshold(), 100), openTime(settings),
				Objects.requireNonNullElse(settings.permittedNumberOfCallsInHalfOpenState(), 5),
				Objects.requireNonNullElse(settings.recordExceptions(), List.of()),
				Objects.requireNonNullElse(settings.ignoreExceptions(), List.of()),
				Objects.requireNonNullElse(settings.mode(), CircuitBreakerMode.ON));
	}

	private static OpenTime openTime(CircuitBreakerSettings settings) {
		return new OpenTime(
				nanos(Objects.requireNonNullElse(settings.waitDurationInOpenState(), Duration.ofSeconds(10))),
				Objects.requireNonNullElse(settings.waitDurationBackoffMultiplier(), 1.0),
				nanos(Objects.requireNonNullElse(settings.maxWaitDurationInOpenState(), Duration.ofMinutes(5))),
				Objects.requireNonNullElse(settings.waitDurationJitter(), 0.0));
	}

	/**
	 * Convert a duration.
	 * @param duration the duration, however long
	 * @return its nanoseconds, so limited that adding them to a time does not overflow
	 */
	static long nanos(Duration duration) {
		return Math.min(TimeUnit.NANOSECONDS.convert(duration), Long.MAX_VALUE / 2);
	}

	boolean looksAtSlowCalls() {
		return this.slowNanos > 0;
	}

	boolean isSlow(long nanos) {
		return looksAtSlowCalls() && nanos >= this.slowNanos;
	}

	/**
	 * Take the verdict; reaching a threshold is enough.
	 * @param calls the calls to judge
	 * @return whether the breaker has to open
	 */
	boolean condemns(CallTotals calls) {
		return calls.failed() * 100 >= this.failureRate * calls.calls()
				|| (looksAtSlowCalls() && calls.slow() * 100 >= this.slowRate * calls.calls());
	}

}
