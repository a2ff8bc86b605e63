package io.github.resiliencestarter.timeout;

import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

/**
 * Limits any code. To the time-out it is a single attempt.
 *
 * @param parts what it shares with the guards of a method of its name
 * @param limit the limit, or {@code null} if the name has none
 */
record ProgrammaticTimeout(TimeoutParts parts, @Nullable TimeLimit limit) {

	<T extends @Nullable Object> T call(Callable<T> action) throws Exception {
		return (this.limit != null) ? this.limit.call(Callable::call, action) : action.call();
	}

}
