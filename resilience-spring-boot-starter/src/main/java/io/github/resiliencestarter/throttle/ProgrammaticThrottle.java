package io.github.resiliencestarter.throttle;

import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.CallGuard;
import io.github.resiliencestarter.guard.EntryCheck;

/**
 * Puts a throttle in front of any code.
 */
final class ProgrammaticThrottle implements CallGuard {

	private final Throttle throttle;

	private final boolean off;

	private final EntryCheck entry;

	ProgrammaticThrottle(Throttle throttle, EntryCheck entry) {
		this.throttle = throttle;
		this.off = throttle.settings().modeOrDefault() == ThrottleMode.OFF;
		this.entry = entry;
	}

	Throttle throttle() {
		return this.throttle;
	}

	boolean hasKeys() {
		return this.throttle.settings().key() != null;
	}

	@Override
	public String name() {
		return this.throttle.name();
	}

	@Override
	public <T extends @Nullable Object> T call(Callable<T> action) throws Exception {
		return call(null, action);
	}

	/**
	 * Run an action if it is let in.
	 * @param <T> the type of the result
	 * @param key the key, {@code null} if there are none
	 * @param action what to run
	 * @return the action's result
	 * @throws Exception what the action throws
	 */
	<T extends @Nullable Object> T call(@Nullable Object key, Callable<T> action) throws Exception {
		this.entry.enter(name());
		return this.off ? action.call() : this.throttle.call(key, Callable::call, action);
	}

}
