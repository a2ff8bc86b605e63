package io.github.resiliencestarter.throttle;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.CallRejectedException;

/**
 * No permit within {@code maxWait}: the rate is used up, or too many calls are in flight.
 * Where the throttle has a rate, the exception carries what the {@code RateLimit} and
 * {@code RateLimit-Policy} fields of a reply need; without one the four accessors are
 * empty. Immutable.
 */
@SuppressWarnings("serial")
public class ThrottledException extends CallRejectedException {

	private final transient @Nullable Quota quota;

	/**
	 * Create the exception of a throttle without a rate.
	 * @param guardName the throttle's name
	 * @param retryAfter after which time another call may succeed, or {@code null} if
	 * unknown
	 */
	public ThrottledException(String guardName, @Nullable Duration retryAfter) {
		this("Throttle '" + guardName + "' has no permit left", guardName, retryAfter, null);
	}

	ThrottledException(String message, String guardName, @Nullable Duration retryAfter, @Nullable Quota quota) {
		super(message, guardName, retryAfter);
		this.quota = quota;
	}

	/**
	 * Return how many permits the rate gives in one {@link #window()}.
	 * @return the number of permits, or empty if only the calls in flight are limited
	 */
	public OptionalLong quota() {
		return (this.quota != null) ? OptionalLong.of(this.quota.rate().permits()) : OptionalLong.empty();
	}

	/**
	 * Return the time that the rate's {@link #quota()} is for.
	 * @return the duration, or empty if only the calls in flight are limited
	 */
	public Optional<Duration> window() {
		return Optional.ofNullable(this.quota).map((known) -> known.rate().period());
	}

	/**
	 * Return how many permits were left when the call was refused: none, unless it was
	 * refused because of the calls in flight.
	 * @return the number of permits, or empty if only the calls in flight are limited
	 */
	public OptionalLong remaining() {
		return (this.quota != null) ? OptionalLong.of(this.quota.remaining()) : OptionalLong.empty();
	}

	/**
	 * Return after which time there is one more permit than {@link #remaining()}.
	 * @return the duration, or empty if only the calls in flight are limited
	 */
	public Optional<Duration> reset() {
		return Optional.ofNullable(this.quota).map(Quota::reset);
	}

	/**
	 * A rate as it stood at the refusal.
	 *
	 * @param rate the rate
	 * @param remaining the permits left
	 * @param reset when there is one more
	 */
	record Quota(Rate rate, long remaining, Duration reset) {

	}

}
