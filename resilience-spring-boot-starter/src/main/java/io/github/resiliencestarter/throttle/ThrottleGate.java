package io.github.resiliencestarter.throttle;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.CallRejectedException;
import io.github.resiliencestarter.guard.Admission;
import io.github.resiliencestarter.guard.AsyncGate;

/**
 * Limits a method whose result comes later: the slot is held until then.
 */
final class ThrottleGate implements AsyncGate {

	private final Throttle throttle;

	private final ThrottleKey key;

	ThrottleGate(Throttle throttle, ThrottleKey key) {
		this.throttle = throttle;
		this.key = key;
	}

	@Override
	public Admission admit(MethodInvocation call) {
		Object key = this.key.of(call);
		return new Admitted(this.throttle, key, this.throttle.admit(key));
	}

	/**
	 * The same gate for shadow mode: what it would refuse, or has no key for, goes
	 * through.
	 * @return the gate
	 */
	AsyncGate inShadow() {
		return (call) -> {
			try {
				return admit(call);
			}
			catch (ThrottledException | IllegalArgumentException notThisTime) {
				return Unlimited.INSTANCE;
			}
		};
	}

	private record Admitted(Throttle throttle, @Nullable Object key, long takenAt) implements Admission {

		@Override
		public void succeeded(@Nullable Object result) {
			this.throttle.leave(this.key);
		}

		@Override
		public void failed(Throwable failure) {
			if (failure instanceof CallRejectedException) {
				this.throttle.giveBack(this.key, this.takenAt);
			}
			this.throttle.leave(this.key);
		}

		@Override
		public void cancelled() {
			this.throttle.leave(this.key);
		}

	}

	private enum Unlimited implements Admission {

		INSTANCE;

		@Override
		public void succeeded(@Nullable Object result) {
			// holds nothing
		}

		@Override
		public void failed(Throwable failure) {
			// holds nothing
		}

		@Override
		public void cancelled() {
			// holds nothing
		}

	}

}
