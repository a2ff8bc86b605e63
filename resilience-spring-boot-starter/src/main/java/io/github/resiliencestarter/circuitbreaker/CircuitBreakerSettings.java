package io.github.resiliencestarter.circuitbreaker;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Settings of circuit breakers as properties and annotations give them: {@code null}
 * where they say nothing.
 *
 * @param slidingWindow calls to judge by, either a number of calls such as 100 or a
 * duration such as 30s (default 100)
 * @param minimumNumberOfCalls number of calls the window must hold before a verdict is
 * taken, at most the size of a window of calls (default 20)
 * @param failureRateThreshold percentage of failed calls, from 1 to 100, at which the
 * breaker opens (default 50)
 * @param slowCallDurationThreshold time from which on a call counts as slow, 0 for not
 * looking at slow calls (default 0)
 * @param slowCallRateThreshold percentage of slow calls, from 1 to 100, at which the
 * breaker opens (default 100)
 * @param waitDurationInOpenState time for which calls are refused before trial calls are
 * permitted, at least 1ms (default 10s)
 * @param permittedNumberOfCallsInHalfOpenState number of trial calls that decide whether
 * the breaker closes again (default 5)
 * @param recordExceptions exceptions that count as failures, all others counting as
 * successes (default every Throwable)
 * @param ignoreExceptions exceptions that count neither as success nor as failure, even
 * if they are recorded
 * @param waitDurationBackoffMultiplier factor, at least 1, by which the open time grows
 * with each opening that follows a failed trial (default 1)
 * @param maxWaitDurationInOpenState longest open time that the factor leads to (default
 * 5m)
 * @param waitDurationJitter share, from 0 to 1, by which the open time is randomly
 * lengthened or shortened, so that instances do not probe in step (default 0)
 * @param mode whether the breaker refuses calls (on), only decides and counts (shadow),
 * or is bypassed (off) (default on)
 * @param affectsHealth whether an open breaker turns the application's health DOWN
 * (default false)
 */
public record CircuitBreakerSettings(@Nullable SlidingWindow slidingWindow, @Nullable Integer minimumNumberOfCalls,
		@Nullable Integer failureRateThreshold, @Nullable Duration slowCallDurationThreshold,
		@Nullable Integer slowCallRateThreshold, @Nullable Duration waitDurationInOpenState,
		@Nullable Integer permittedNumberOfCallsInHalfOpenState,
		@Nullable List<Class<? extends Throwable>> recordExceptions,
		@Nullable List<Class<? extends Throwable>> ignoreExceptions, @Nullable Double waitDurationBackoffMultiplier,
		@Nullable Duration maxWaitDurationInOpenState, @Nullable Double waitDurationJitter,
		@Nullable CircuitBreakerMode mode, @Nullable Boolean affectsHealth) {

	/** Settings that say nothing. */
	static final CircuitBreakerSettings NONE = new CircuitBreakerSettings(null, null, null, null, null, null, null,
			null, null, null, null, null, null, null);

	static final Duration SHORTEST_OPEN_TIME = Duration.ofMillis(1);

	/**
	 * Create settings.
	 * @throws IllegalArgumentException if a value is out of its range
	 */
	public CircuitBreakerSettings {
		verify("minimum-number-of-calls", minimumNumberOfCalls, 1, Integer.MAX_VALUE);
		verify("failure-rate-threshold", failureRateThreshold, 1, 100);
		verify("slow-call-rate-threshold", slowCallRateThreshold, 1, 100);
		verify("permitted-number-of-calls-in-half-open-state", permittedNumberOfCallsInHalfOpenState, 1,
				Integer.MAX_VALUE);
		verify("wait-duration-backoff-multiplier", waitDurationBackoffMultiplier, 1, Double.MAX_VALUE);
		verify("wait-duration-jitter", waitDurationJitter, 0, 1);
		verify("slow-call-duration-threshold", slowCallDurationThreshold, Duration.ZERO);
		verify("wait-duration-in-open-state", waitDurationInOpenState, SHORTEST_OPEN_TIME);
		verify("max-wait-duration-in-open-state", maxWaitDurationInOpenState, SHORTEST_OPEN_TIME);
	}

	private static void verify(String name, @Nullable Number value, double least, double most) {
		// so written that NaN is refused
		if (value != null && !(value.doubleValue() >= least && value.doubleValue() <= most)) {
			throw new IllegalArgumentException(name + " is " + value + ", but must be "
					+ ((most <= 100) ? "from " + (int) least + " to " + (int) most : "at least " + (int) least));
		}
	}

	private static void verify(String name, @Nullable Duration value, Duration least) {
		if (value != null && value.compareTo(least) < 0) {
			throw new IllegalArgumentException(name + " is " + value + ", but must be at least " + least);
		}
	}

	/**
	 * Fill what these settings leave open.
	 * @param others the settings to fill it from
	 * @return the merged settings
	 */
	CircuitBreakerSettings orElse(CircuitBreakerSettings others) {
		return new CircuitBreakerSettings(first(this.slidingWindow, others.slidingWindow),
				first(this.minimumNumberOfCalls, others.minimumNumberOfCalls),
				first(this.failureRateThreshold, others.failureRateThreshold),
				first(this.slowCallDurationThreshold, others.slowCallDurationThreshold),
				first(this.slowCallRateThreshold, others.slowCallRateThreshold),
				first(this.waitDurationInOpenState, others.waitDurationInOpenState),
				first(this.permittedNumberOfCallsInHalfOpenState, others.permittedNumberOfCallsInHalfOpenState),
				first(this.recordExceptions, others.recordExceptions),
				first(this.ignoreExceptions, others.ignoreExceptions),
				first(this.waitDurationBackoffMultiplier, others.waitDurationBackoffMultiplier),
				first(this.maxWaitDurationInOpenState, others.maxWaitDurationInOpenState),
				first(this.waitDurationJitter, others.waitDurationJitter), first(this.mode, others.mode),
				first(this.affectsHealth, others.affectsHealth));
	}

	private static <T> @Nullable T first(@Nullable T value, @Nullable T other) {
		return (value != null) ? value : other;
	}

}
