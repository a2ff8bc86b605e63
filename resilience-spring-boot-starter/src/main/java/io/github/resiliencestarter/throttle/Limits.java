package io.github.resiliencestarter.throttle;

import org.jspecify.annotations.Nullable;

/**
 * What a throttle limits, as it is now.
 *
 * @param rate the rate, or {@code null} if it is not limited
 * @param concurrency calls in flight, or {@link #UNLIMITED}
 */
record Limits(@Nullable RateLimit rate, int concurrency) {

	static final int UNLIMITED = Integer.MAX_VALUE;

	static Limits of(ThrottleSettings settings) {
		Rate rate = settings.rate();
		Integer concurrency = settings.concurrency();
		return new Limits((rate != null) ? rateLimit(rate, settings.burst()) : null,
				(concurrency != null) ? concurrency : UNLIMITED);
	}

	static RateLimit rateLimit(Rate rate, @Nullable Long burst) {
		return RateLimit.of(rate, (burst != null) ? burst : rate.permits());
	}

}
