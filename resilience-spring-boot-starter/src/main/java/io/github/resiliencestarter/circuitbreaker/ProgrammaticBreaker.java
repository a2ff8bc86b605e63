package io.github.resiliencestarter.circuitbreaker;

import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

/**
 * Puts a breaker in front of any code.
 */
final class ProgrammaticBreaker {

	private final Breaker breaker;

	private final CallSampler sampler;

	ProgrammaticBreaker(Breaker breaker) {
		this.breaker = breaker;
		this.sampler = new CallSampler(breaker);
	}

	Breaker breaker() {
		return this.breaker;
	}

	<T extends @Nullable Object> T call(Callable<T> action) throws Exception {
		Permit permit = this.breaker.acquire();
		long limit = this.sampler.limit();
		long startedAt = this.sampler.start();
		T result;
		try {
			result = action.call();
		}
		catch (Throwable failure) {
			this.sampler.failed(permit, startedAt, limit, failure);
			throw failure;
		}
		this.sampler.succeeded(permit, startedAt, limit);
		return result;
	}

}
