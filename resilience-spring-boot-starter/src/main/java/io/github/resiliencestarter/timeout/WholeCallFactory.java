package io.github.resiliencestarter.timeout;

import java.time.Duration;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.GuardFactory;
import io.github.resiliencestarter.guard.GuardOrder;
import io.github.resiliencestarter.guard.GuardedMethod;

/**
 * Makes the guards that limit whole calls, retries and waits included.
 */
final class WholeCallFactory implements GuardFactory {

	private static final Log logger = LogFactory.getLog(WholeCallFactory.class);

	private final Supplier<TimeoutInstances> timeouts;

	WholeCallFactory(Supplier<TimeoutInstances> timeouts) {
		this.timeouts = timeouts;
	}

	@Override
	public GuardOrder order() {
		return GuardOrder.TIMEOUT;
	}

	@Override
	public boolean guards(GuardedMethod method) {
		return method.has(Timeout.class);
	}

	@Override
	public Guard create(GuardedMethod method, Guard next) {
		TimeLimits limits = this.timeouts.get().limits(method);
		if (limits.isNone()) {
			logger.warn("Method " + method + " has @Timeout but neither the annotation nor a property gives a limit");
		}
		Duration limit = limits.value();
		if (limit == null) {
			return next;
		}
		TimeoutParts parts = this.timeouts.get().parts(method, limits);
		return switch (method.resultKind()) {
			case VALUE -> new CallersThreadGuard(next, limit, true, parts);
			case STAGE -> new StageTimeoutGuard(new CallersThreadGuard(next, null, false, parts), limit, true, parts);
			case MONO -> ReactorTimeoutGuards.mono(next, limit, true, parts);
			case FLUX -> ReactorTimeoutGuards.flux(next, limit, true, parts);
		};
	}

}
