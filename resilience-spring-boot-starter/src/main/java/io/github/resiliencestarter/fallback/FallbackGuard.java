package io.github.resiliencestarter.fallback;

import io.github.resiliencestarter.guard.Guard;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * Answers where the rest of the chain throws.
 */
final class FallbackGuard implements Guard {

	private final Fallbacks fallbacks;

	private final @Nullable FallbackMethod forRefusals;

	private final Guard next;

	FallbackGuard(Fallbacks fallbacks, Guard next) {
		this.fallbacks = fallbacks;
		this.forRefusals = fallbacks.forRefusals();
		this.next = next;
	}

	@Override
	public @Nullable Object call(MethodInvocation call) throws Throwable {
		if (this.forRefusals != null && this.next.refuses()) {
			return this.forRefusals.answer(call.getThis(), call.getArguments(), null);
		}
		try {
			return this.next.call(call);
		}
		catch (Throwable failure) {
			return this.fallbacks.answer(call, failure);
		}
	}

}
