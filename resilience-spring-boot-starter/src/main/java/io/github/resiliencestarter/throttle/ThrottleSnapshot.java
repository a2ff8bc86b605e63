package io.github.resiliencestarter.throttle;

import org.jspecify.annotations.Nullable;

/**
 * A throttle as it stood at one moment.
 *
 * @param name the throttle's name
 * @param rate permits for a time, such as {@code 100/s}, or {@code null} if the rate is
 * not limited
 * @param burst permits that may be used at once, or {@code null} if the rate is not
 * limited
 * @param concurrency calls that may be in flight at once for one key, or {@code null} if
 * that is not limited
 * @param inFlight calls in flight now, of all keys, or {@code null} if they are not
 * limited
 * @param permitted calls let through since the start of the application
 * @param rejected calls refused since the start of the application; in mode
 * {@link ThrottleMode#SHADOW} those that would have been
 * @param keys keys that are known now: those whose rate is not full again or, without a
 * rate, those that have calls in flight; {@code null} if there are none or the database
 * keeps them
 */
public record ThrottleSnapshot(String name, @Nullable String rate, @Nullable Long burst, @Nullable Integer concurrency,
		@Nullable Integer inFlight, long permitted, long rejected, @Nullable Long keys) {

}
