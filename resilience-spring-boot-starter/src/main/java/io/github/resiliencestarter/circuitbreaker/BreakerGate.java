package io.github.resiliencestarter.circuitbreaker;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.Admission;
import io.github.resiliencestarter.guard.AsyncGate;

/**
 * Puts a breaker in front of a method whose result comes later.
 */
final class BreakerGate implements AsyncGate {

	private final Breaker breaker;

	private final CallSampler sampler;

	BreakerGate(Breaker breaker) {
		this.breaker = breaker;
		this.sampler = new CallSampler(breaker);
	}

	@Override
	public Admission admit(MethodInvocation call) {
		return new Sample(this.sampler, this.breaker.acquire(), this.sampler.start(), this.sampler.limit());
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
