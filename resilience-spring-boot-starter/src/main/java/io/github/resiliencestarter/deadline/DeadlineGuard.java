package io.github.resiliencestarter.deadline;

import java.time.Duration;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;

/**
 * Refuses calls whose caller has no time left. Without a deadline it costs one look at a
 * thread-local.
 */
final class DeadlineGuard implements Guard {

	private final Guard next;

	private final String name;

	private final Refusal refusal;

	private final MonotonicClock clock;

	DeadlineGuard(Guard next, String name, Refusal refusal, MonotonicClock clock) {
		this.next = next;
		this.name = name;
		this.refusal = refusal;
		this.clock = clock;
	}

	@Override
	public @Nullable Object call(MethodInvocation call) throws Throwable {
		if (isPast()) {
			return this.refusal.refuse(new DeadlineExceededException(
					this.name + " was not called: nothing was left of its caller's time", Duration.ZERO));
		}
		return this.next.call(call);
	}

	@Override
	public boolean refuses() {
		return !isPast() && this.next.refuses();
	}

	private boolean isPast() {
		long expiresAt = TimeBudget.ofThread().expiresAt();
		return expiresAt != TimeBudget.UNLIMITED && expiresAt <= this.clock.nanoTime();
	}

	/**
	 * How a method of some kind tells of a refusal: it throws, or its result fails.
	 */
	@FunctionalInterface
	interface Refusal {

		Object refuse(DeadlineExceededException exception);

	}

}
