package io.github.resiliencestarter.deadline;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.Guard;

/**
 * Refuses calls whose caller has no time left.
 */
final class DeadlineGuard implements Guard {

	private final Guard next;

	private final String name;

	private final Refusal refusal;

	private final DeadlineCheck check;

	DeadlineGuard(Guard next, String name, Refusal refusal, DeadlineCheck check) {
		this.next = next;
		this.name = name;
		this.refusal = refusal;
		this.check = check;
	}

	@Override
	public @Nullable Object call(MethodInvocation call) throws Throwable {
		if (this.check.isPast()) {
			return this.refusal.refuse(this.check.exceeded(this.name));
		}
		return this.next.call(call);
	}

	@Override
	public boolean refuses() {
		return !this.check.isPast() && this.next.refuses();
	}

	/**
	 * How a method of some kind tells of a refusal: it throws, or its result fails.
	 */
	@FunctionalInterface
	interface Refusal {

		Object refuse(DeadlineExceededException exception);

	}

}
