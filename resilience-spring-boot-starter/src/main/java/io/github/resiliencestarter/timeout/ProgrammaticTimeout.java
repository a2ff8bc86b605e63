package io.github.resiliencestarter.timeout;

import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.CallGuard;
import io.github.resiliencestarter.guard.EntryCheck;

/**
 * Limits any code. To the time-out it is a single attempt.
 *
 * @param parts what it shares with the guards of a method of its name
 * @param limit the limit, or {@code null} if the name has none
 * @param entry asked if there is no limit, which asks for itself
 */
record ProgrammaticTimeout(TimeoutParts parts, @Nullable TimeLimit limit, EntryCheck entry) implements CallGuard {

	@Override
	public String name() {
		return this.parts.instance().name();
	}

	@Override
	public <T extends @Nullable Object> T call(Callable<T> action) throws Exception {
		if (this.limit != null) {
			return this.limit.call(Callable::call, action);
		}
		this.entry.enter(name());
		return action.call();
	}

}
