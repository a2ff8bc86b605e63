package io.github.resiliencestarter.circuitbreaker;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.Admission;
import io.github.resiliencestarter.guard.AsyncGate;
import io.github.resiliencestarter.guard.TimeBudget;

/**
 * Puts a breaker in front of a method whose result comes later.
 */
final class BreakerGate implements AsyncGate {

	private final Breaker breaker;

	private final long attemptLimit;

	private final CallSampler sampler;

	/**
	 * Create the gate.
	 * @param breaker the breaker
	 * @param attemptLimit how many nanoseconds an attempt of the method may take, or
	 * {@link TimeBudget#UNLIMITED}
	 */
	BreakerGate(Breaker breaker, long attemptLimit) {
		this.breaker = breaker;
		this.attemptLimit = attemptLimit;
		this.sampler = new CallSampler(breaker);
	}

	@Override
	public Admission admit(MethodInvocation call) {
		return new Sample(this.sampler, this.breaker.acquire(this.attemptLimit), this.sampler.start(),
				this.sampler.limit());
	}

	/**
	 * One call.
	 */
	private record Sample(CallSampler sampler, Permit permit, long startedAt, long limit) implements Admission {

		@Override
		public void succeeded(@Nullable Object result) {
			this.sampler.succeeded(this.permit, this.startedAt, this.limit);
		}

		@Override
		public void failed(Throwable failure) {
			this.sampler.failed(this.permit, this.startedAt, this.limit, failure);
		}

		@Override
		public void cancelled() {
			this.sampler.cancelled(this.permit, this.startedAt, this.limit);
		}

	}

}
