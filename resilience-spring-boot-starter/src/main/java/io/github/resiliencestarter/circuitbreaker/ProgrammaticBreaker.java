package io.github.resiliencestarter.circuitbreaker;

import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.CallGuard;
import io.github.resiliencestarter.guard.EntryCheck;

/**
 * Puts a breaker in front of any code.
 */
final class ProgrammaticBreaker implements CallGuard {

	private final Breaker breaker;

	private final CallSampler sampler;

	private final EntryCheck entry;

	ProgrammaticBreaker(Breaker breaker, EntryCheck entry) {
		this.breaker = breaker;
		this.entry = entry;
		this.sampler = new CallSampler(breaker);
	}

	Breaker breaker() {
		return this.breaker;
	}

	@Override
	public String name() {
		return this.breaker.name();
	}

	@Override
	public <T extends @Nullable Object> T call(Callable<T> action) throws Exception {
		this.entry.enter(name());
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
