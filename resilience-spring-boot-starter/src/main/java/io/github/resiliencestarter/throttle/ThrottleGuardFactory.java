package io.github.resiliencestarter.throttle;

import java.util.function.Supplier;

import org.springframework.util.function.SingletonSupplier;

import io.github.resiliencestarter.guard.AsyncGuards;
import io.github.resiliencestarter.guard.DeclaredGuard;
import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.GuardFactory;
import io.github.resiliencestarter.guard.GuardOrder;
import io.github.resiliencestarter.guard.GuardedMethod;

/**
 * Makes the guards of {@link Throttled} methods.
 */
final class ThrottleGuardFactory implements GuardFactory {

	private final SingletonSupplier<NamedThrottles> throttles;

	ThrottleGuardFactory(Supplier<NamedThrottles> throttles) {
		this.throttles = SingletonSupplier.of(throttles);
	}

	@Override
	public GuardOrder order() {
		return GuardOrder.THROTTLE;
	}

	@Override
	public boolean guards(GuardedMethod method) {
		return method.has(Throttled.class);
	}

	@Override
	public Guard create(GuardedMethod method, Guard next) {
		DeclaredGuard<Throttled> declared = method.find(Throttled.class);
		if (declared == null) {
			return next;
		}
		Throttle throttle = this.throttles.obtain().get(method, declared);
		String expression = throttle.settings().key();
		ThrottleKey key = (expression != null) ? ParameterKey.of(method, expression) : ThrottleKey.NONE;
		return switch (throttle.settings().modeOrDefault()) {
			case OFF -> next;
			case ON -> guard(method, throttle, key, false, next);
			case SHADOW -> guard(method, throttle, key, true, next);
		};
	}

	private static Guard guard(GuardedMethod method, Throttle throttle, ThrottleKey key, boolean shadow, Guard next) {
		if (method.resultKind().isAsynchronous()) {
			ThrottleGate gate = new ThrottleGate(throttle, key);
			Guard guard = AsyncGuards.gated(method.resultKind(), next, shadow ? gate.inShadow() : gate);
			return throttle.settings().waits() ? ReactiveWaits.elsewhere(method.resultKind(), guard) : guard;
		}
		ThrottleGuard guard = new ThrottleGuard(throttle, key, next);
		return shadow ? guard.inShadow() : guard;
	}

}
