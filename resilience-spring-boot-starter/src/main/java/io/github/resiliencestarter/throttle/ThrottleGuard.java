package io.github.resiliencestarter.throttle;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.Guard;

/**
 * Limits a method whose result is there at its return.
 */
final class ThrottleGuard implements Guard {

	private final Throttle throttle;

	private final ThrottleKey key;

	private final Guard next;

	ThrottleGuard(Throttle throttle, ThrottleKey key, Guard next) {
		this.throttle = throttle;
		this.key = key;
		this.next = next;
	}

	@Override
	public @Nullable Object call(MethodInvocation call) throws Throwable {
		return this.throttle.call(this.key.of(call), this.next, call);
	}

	/**
	 * The same guard for shadow mode: what has no key goes through.
	 * @return the guard
	 */
	Guard inShadow() {
		return (call) -> {
			Object key;
			try {
				key = this.key.of(call);
			}
			catch (IllegalArgumentException notThisTime) {
				return this.next.call(call);
			}
			return this.throttle.call(key, this.next, call);
		};
	}

}
