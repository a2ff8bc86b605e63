package io.github.resiliencestarter.retry.framework;

import java.lang.reflect.Method;
import java.time.Duration;

import io.github.resiliencestarter.guard.TimeBudget;
import io.github.resiliencestarter.retry.RetriedCall;
import io.github.resiliencestarter.retry.RetriedMethod;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.resilience.retry.AbstractRetryInterceptor;
import org.springframework.resilience.retry.MethodRetryPredicate;
import org.springframework.resilience.retry.MethodRetrySpec;
import org.springframework.resilience.retry.SimpleRetryInterceptor;
import org.springframework.util.backoff.BackOffExecution;

/**
 * The framework's interceptor, for one method. It sleeps by itself and measures its time
 * limit on the wall clock, so it is told of neither: waits and limits are asked for in
 * its predicate, the one hook that it calls between a failure and the next attempt.
 *
 * @param retried the method's budget and counts
 * @param method the method
 * @param spec what the annotation says
 * @param policy the framework's policy of that, with its back-off
 * @param events who is told of failures
 */
record HostedRetry(RetriedMethod retried, Method method, MethodRetrySpec spec, RetryPolicy policy,
		ApplicationEventPublisher events) {

	static HostedRetry of(RetriedMethod retried, Method method, MethodRetrySpec spec,
			ApplicationEventPublisher events) {
		RetryPolicy policy = RetryPolicy.builder()
			.includes(spec.includes())
			.excludes(spec.excludes())
			.predicate(spec.predicate().forMethod(method))
			.maxRetries(spec.maxRetries())
			.delay(spec.delay())
			.jitter(spec.jitter())
			.multiplier(spec.multiplier())
			.maxDelay(spec.maxDelay())
			.build();
		return new HostedRetry(retried, method, spec, policy, events);
	}

	/**
	 * Return until when attempts may start.
	 * @return the annotation's time limit from now on
	 */
	long limit() {
		Duration timeout = this.spec.timeout();
		return timeout.isZero() ? TimeBudget.UNLIMITED : this.retried.clock().nanoTime() + timeout.toNanos();
	}

	BackOffExecution backOff() {
		return this.policy.getBackOff().start();
	}

	/**
	 * Return the framework's interceptor for one call.
	 * @param timeout the time limit that the framework is told of
	 * @param again the decision, taken after the annotation's own filters
	 * @return the interceptor
	 */
	AbstractRetryInterceptor interceptor(Duration timeout, Again again) {
		MethodRetryPredicate predicate = (method, failure) -> this.spec.predicate().shouldRetry(method, failure)
				&& again.decide(failure);
		AbstractRetryInterceptor interceptor = new SimpleRetryInterceptor(
				new MethodRetrySpec(this.spec.includes(), this.spec.excludes(), predicate, this.spec.maxRetries(),
						timeout, Duration.ZERO, Duration.ZERO, 1, this.spec.maxDelay()));
		interceptor.setApplicationEventPublisher(this.events);
		return interceptor;
	}

	/**
	 * Ask for another attempt.
	 * @param call the call
	 * @param backOff the framework's back-off of this call
	 * @param failure why
	 * @return how many nanoseconds to wait, or {@link RetriedCall#GIVE_UP}
	 */
	static long retryIn(RetriedCall call, BackOffExecution backOff, Throwable failure) {
		if (!call.mayRetry(failure)) {
			return RetriedCall.GIVE_UP;
		}
		long millis = backOff.nextBackOff();
		return (millis != BackOffExecution.STOP) ? call.retryIn(failure, Duration.ofMillis(millis))
				: RetriedCall.GIVE_UP;
	}

	/**
	 * Decides between a failure and the next attempt.
	 */
	@FunctionalInterface
	interface Again {

		boolean decide(Throwable failure);

	}

}
