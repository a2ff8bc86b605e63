package io.github.resiliencestarter.throttle;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.CallRejectedException;
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
		Object key = this.key.of(call);
		return admitted(call, key, this.throttle.admit(key));
	}

	private @Nullable Object admitted(MethodInvocation call, @Nullable Object key, long takenAt) throws Throwable {
		try {
			return this.next.call(call);
		}
		catch (CallRejectedException refusedFurtherIn) {
			this.throttle.giveBack(key, takenAt);
			throw refusedFurtherIn;
		}
		finally {
			this.throttle.leave(key);
		}
	}

	/**
	 * The same guard for shadow mode: what it would refuse, or has no key for, goes
	 * through. The throttle has counted the refusal.
	 * @return the guard
	 */
	Guard inShadow() {
		return (call) -> {
			Object key;
			long takenAt;
			try {
				key = this.key.of(call);
				takenAt = this.throttle.admit(key);
			}
			catch (ThrottledException | IllegalArgumentException notThisTime) {
				return this.next.call(call);
			}
			return admitted(call, key, takenAt);
		};
	}

}
