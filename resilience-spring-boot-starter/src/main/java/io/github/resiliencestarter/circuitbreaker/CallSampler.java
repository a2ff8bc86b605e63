package io.github.resiliencestarter.circuitbreaker;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;

/**
 * Turns the ends of calls into outcomes of their permits. Thread-safe.
 * <p>
 * A call that ends after its limit is a failure whatever it ends with: for its caller it
 * has timed out.
 */
final class CallSampler {

	private final boolean looksAtSlowCalls;

	private final Classifier classifier;

	private final MonotonicClock clock;

	CallSampler(Breaker breaker) {
		this.looksAtSlowCalls = breaker.config().looksAtSlowCalls();
		this.classifier = new Classifier(breaker.config());
		this.clock = breaker.clock();
	}

	/**
	 * Return what to give as {@code startedAt} later.
	 * @return the time, or anything if nobody will look at it
	 */
	long start() {
		return this.looksAtSlowCalls ? this.clock.nanoTime() : 0;
	}

	/**
	 * Return what to give as {@code limit} later.
	 * @return the end of the current thread's budget, unless it is past already: then it
	 * says nothing about the call
	 */
	long limit() {
		long end = TimeBudget.ofThread().expiresAt();
		return isPast(end) ? TimeBudget.UNLIMITED : end;
	}

	private boolean isPast(long limit) {
		return limit != TimeBudget.UNLIMITED && this.clock.nanoTime() >= limit;
	}

	void succeeded(Permit permit, long startedAt, long limit) {
		if (isPast(limit)) {
			permit.failed(startedAt);
		}
		else {
			permit.succeeded(startedAt);
		}
	}

	void failed(Permit permit, long startedAt, long limit, Throwable failure) {
		switch (classify(failure, limit)) {
			case FAILURE -> permit.failed(startedAt);
			case SUCCESS -> permit.succeeded(startedAt);
			case IGNORED, REFUSED -> permit.giveBack();
		}
	}

	void cancelled(Permit permit, long startedAt, long limit) {
		if (isPast(limit)) {
			permit.failed(startedAt);
		}
		else {
			permit.giveBack();
		}
	}

	private Outcome classify(Throwable failure, long limit) {
		Outcome outcome;
		try {
			outcome = this.classifier.classify(failure);
		}
		catch (RuntimeException | Error ex) {
			// an exception whose own methods throw: the caller gets it, the permit is
			// free
			return Outcome.IGNORED;
		}
		return (outcome != Outcome.REFUSED && isPast(limit)) ? Outcome.FAILURE : outcome;
	}

}
