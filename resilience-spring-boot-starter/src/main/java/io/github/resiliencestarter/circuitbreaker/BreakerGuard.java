package io.github.resiliencestarter.circuitbreaker;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.TimeBudget;

/**
 * Puts a breaker in front of a method whose result is there at its return.
 */
final class BreakerGuard implements Guard {

	private final Breaker breaker;

	private final long attemptLimit;

	private final CallSampler sampler;

	private final Guard next;

	/**
	 * Create the guard.
	 * @param breaker the breaker
	 * @param attemptLimit how many nanoseconds an attempt of the method may take, or
	 * {@link TimeBudget#UNLIMITED}
	 * @param next the rest of the chain
	 */
	BreakerGuard(Breaker breaker, long attemptLimit, Guard next) {
		this.breaker = breaker;
		this.attemptLimit = attemptLimit;
		this.sampler = new CallSampler(breaker);
		this.next = next;
	}

	@Override
	public @Nullable Object call(MethodInvocation call) throws Throwable {
		Permit permit = this.breaker.acquire(this.attemptLimit);
		long startedAt = this.sampler.start();
		Object result;
		try {
			result = this.next.call(call);
		}
		catch (Throwable failure) {
			this.sampler.failed(permit, startedAt, limit(), failure);
			throw failure;
		}
		this.sampler.succeeded(permit, startedAt, limit());
		return result;
	}

	@Override
	public boolean refuses() {
		return this.breaker.refuses();
	}

	private static long limit() {
		// the same as at the beginning, when the deadline's guard found it not to be past
		return TimeBudget.ofThread().expiresAt();
	}

}
