package io.github.resiliencestarter.timeout;

import java.time.Duration;
import java.util.function.Supplier;

import io.github.resiliencestarter.guard.AttemptLimits;
import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.GuardFactory;
import io.github.resiliencestarter.guard.GuardOrder;
import io.github.resiliencestarter.guard.GuardedMethod;
import org.jspecify.annotations.Nullable;

/**
 * Makes the guards that limit attempts. Where only the whole call has a limit, calls that
 * leave their caller's thread have a guard here too, which is not listed: the circuit
 * breaker is inside that limit and outside this one, and must see the time-out as a
 * failure, not a cancellation.
 */
final class AttemptFactory implements GuardFactory, AttemptLimits {

	private final Supplier<TimeoutInstances> timeouts;

	private final Supplier<OffloadThreads> threads;

	AttemptFactory(Supplier<TimeoutInstances> timeouts, Supplier<OffloadThreads> threads) {
		this.timeouts = timeouts;
		this.threads = threads;
	}

	@Override
	public GuardOrder order() {
		return GuardOrder.ATTEMPT_TIMEOUT;
	}

	@Override
	public boolean guards(GuardedMethod method) {
		return method.has(Timeout.class);
	}

	@Override
	public @Nullable Duration attemptLimitOf(GuardedMethod method) {
		return guards(method) ? this.timeouts.get().limits(method).attempt() : null;
	}

	@Override
	public boolean lists(GuardedMethod method) {
		return this.timeouts.get().limits(method).attempt() != null;
	}

	@Override
	public Guard create(GuardedMethod method, Guard next) {
		TimeLimits limits = this.timeouts.get().limits(method);
		TimeoutParts parts = this.timeouts.get().parts(method, limits);
		if (limits.isNone()) {
			return next;
		}
		Duration attempt = limits.attempt();
		boolean outermost = limits.value() == null;
		return switch (method.resultKind()) {
			case VALUE -> value(next, limits, outermost, parts);
			case STAGE -> new StageTimeoutGuard(ofStage(next, limits, parts), attempt, outermost, parts);
			case MONO -> ReactorTimeoutGuards.mono(next, attempt, outermost, parts);
			case FLUX -> ReactorTimeoutGuards.flux(next, attempt, outermost, parts);
		};
	}

	private Guard value(Guard next, TimeLimits limits, boolean outermost, TimeoutParts parts) {
		Duration attempt = limits.attempt();
		if (limits.mode() == Timeout.Mode.OFFLOAD) {
			return new OffloadGuard(next, attempt, outermost, parts, this.threads.get());
		}
		return (attempt != null) ? new CallersThreadGuard(next, attempt, outermost, parts) : next;
	}

	private Guard ofStage(Guard next, TimeLimits limits, TimeoutParts parts) {
		return (limits.mode() == Timeout.Mode.OFFLOAD) ? new OffloadGuard(next, null, false, parts, this.threads.get())
				: new CallersThreadGuard(next, null, false, parts);
	}

}
