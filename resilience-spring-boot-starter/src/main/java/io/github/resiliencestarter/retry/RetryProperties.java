package io.github.resiliencestarter.retry;

import io.github.resiliencestarter.guard.InvalidGuardException;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Retries of both libraries.
 *
 * @param enabled whether Retryable methods are retried
 * @param budget how many retries there may be
 */
@ConfigurationProperties("resilience.retry")
public record RetryProperties(@DefaultValue("true") boolean enabled, @DefaultValue Budget budget) {

	/**
	 * Limits retries to a fraction of the calls, by circuit breaker or method.
	 *
	 * @param ratio retries that each call allows
	 * @param minPerSecond retries that each second allows, whatever the number of calls;
	 * at most ten seconds of them are saved up
	 */
	public record Budget(@DefaultValue("0.2") double ratio, @DefaultValue("10") double minPerSecond) {

		public Budget {
			requireNotNegative("ratio", ratio);
			requireNotNegative("min-per-second", minPerSecond);
		}

		private static void requireNotNegative(String key, double value) {
			if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
				throw new InvalidGuardException("The property resilience.retry.budget." + key + " is " + value + ".",
						"Use a number of zero or more.");
			}
		}

	}

}
