package io.github.resiliencestarter.retry.springretry;

import java.lang.reflect.Method;
import java.util.function.BooleanSupplier;

import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.TimeBudget;
import io.github.resiliencestarter.retry.HostedInvocation;
import io.github.resiliencestarter.retry.RetriedCall;
import io.github.resiliencestarter.retry.RetriedMethod;
import io.github.resiliencestarter.retry.RetryNest;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.retry.ExhaustedRetryException;
import org.springframework.retry.support.RetrySynchronizationManager;

/**
 * Makes the first attempt itself and enters spring-retry only when that fails, so that a
 * call which succeeds costs next to nothing. Where spring-retry has to see the call from
 * its beginning, because of listeners or state, it is entered at once.
 */
final class SpringRetryGuard implements Guard {

	private final RetriedMethod retried;

	private final Method method;

	private final HostedAs hostedAs;

	private final BooleanSupplier listening;

	private final MethodInterceptor library;

	private final Guard next;

	/**
	 * Create the guard.
	 * @param retried the method's budget and counts
	 * @param method the method on which spring-retry finds its annotation
	 * @param hostedAs what the annotation demands of its host
	 * @param listening whether listeners want to see every call
	 * @param library spring-retry's interceptor
	 * @param next the rest of the chain
	 */
	SpringRetryGuard(RetriedMethod retried, Method method, HostedAs hostedAs, BooleanSupplier listening,
			MethodInterceptor library, Guard next) {
		this.retried = retried;
		this.method = method;
		this.hostedAs = hostedAs;
		this.listening = listening;
		this.library = library;
		this.next = next;
	}

	@Override
	public @Nullable Object call(MethodInvocation call) throws Throwable {
		ProxyMethodInvocation invocation = (ProxyMethodInvocation) call;
		RetryNest nest = this.retried.enter();
		try {
			return entersAtOnce() ? hosted(invocation, nest, null, null) : direct(invocation, nest);
		}
		finally {
			this.retried.leave(nest);
		}
	}

	@Override
	public boolean refuses() {
		return !this.hostedAs.recovers() && !entersAtOnce() && this.retried.refuses(this.next);
	}

	private boolean entersAtOnce() {
		return this.hostedAs.entersAtOnce() || this.listening.getAsBoolean();
	}

	private @Nullable Object direct(ProxyMethodInvocation invocation, RetryNest nest) throws Throwable {
		ProxyMethodInvocation fresh = (ProxyMethodInvocation) invocation.invocableClone();
		FirstAttempt first = new FirstAttempt(RetrySynchronizationManager.getContext());
		RetrySynchronizationManager.register(first);
		Object result;
		try {
			result = this.next.call(invocation);
		}
		catch (Throwable failure) {
			RetrySynchronizationManager.clear();
			return hosted(fresh, nest, first, failure);
		}
		RetrySynchronizationManager.clear();
		this.retried.succeeded(nest);
		return result;
	}

	private @Nullable Object hosted(ProxyMethodInvocation fresh, RetryNest nest, @Nullable FirstAttempt first,
			@Nullable Throwable made) throws Throwable {
		RetriedCall call = this.retried.hosted(nest, TimeBudget.UNLIMITED);
		HostedInvocation invocation = this.hostedAs.stateful()
				? new HostedInvocation(call, this.method, this.next, fresh, made)
				: new SpringInvocation(call, this.method, this.next, fresh, first, made);
		try {
			if (made != null && !this.hostedAs.recovers() && !call.mayRetry(made)) {
				throw made;
			}
			return this.library.invoke(invocation);
		}
		catch (ExhaustedRetryException ex) {
			throw withoutEnvelope(ex, invocation);
		}
		finally {
			call.ended();
		}
	}

	/**
	 * Where a class has {@code @Recover} methods but none that fits, spring-retry hides
	 * the failure in an exception of its own.
	 */
	private Throwable withoutEnvelope(ExhaustedRetryException ex, HostedInvocation invocation) {
		Throwable failure = invocation.lastFailure();
		return (!this.hostedAs.stateful() && failure != null && ex.getCause() == failure) ? failure : ex;
	}

	/**
	 * What an annotation demands of its host.
	 *
	 * @param entersAtOnce the library wants to see every attempt, the first included
	 * @param stateful each call is one attempt, and the caller makes the next
	 * @param recovers there may be a method that answers for the last failure
	 */
	record HostedAs(boolean entersAtOnce, boolean stateful, boolean recovers) {

	}

}
