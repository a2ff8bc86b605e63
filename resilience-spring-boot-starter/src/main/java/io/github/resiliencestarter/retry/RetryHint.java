package io.github.resiliencestarter.retry;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Reads from a failure how long its origin asks callers to stay away.
 */
@FunctionalInterface
interface RetryHint {

	/**
	 * Read the hint.
	 * @param failure the failure
	 * @return the duration, or {@code null} if the failure says nothing
	 */
	@Nullable Duration of(Throwable failure);

}
