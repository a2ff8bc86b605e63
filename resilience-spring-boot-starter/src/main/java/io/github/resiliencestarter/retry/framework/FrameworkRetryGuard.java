package io.github.resiliencestarter.retry.framework;

import java.time.Duration;

import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.retry.HostedInvocation;
import io.github.resiliencestarter.retry.RetriedCall;
import io.github.resiliencestarter.retry.RetryNest;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.util.backoff.BackOffExecution;

/**
 * Makes the first attempt itself and enters the framework's interceptor only when that
 * fails, so that a call which succeeds costs next to nothing.
 */
final class FrameworkRetryGuard implements Guard {

	private final HostedRetry retry;

	private final Guard next;

	FrameworkRetryGuard(HostedRetry retry, Guard next) {
		this.retry = retry;
		this.next = next;
	}

	@Override
	public @Nullable Object call(MethodInvocation call) throws Throwable {
		ProxyMethodInvocation fresh = (ProxyMethodInvocation) ((ProxyMethodInvocation) call).invocableClone();
		long limit = this.retry.limit();
		RetryNest nest = this.retry.retried().enter();
		try {
			Object result;
			try {
				result = this.next.call(call);
			}
			catch (Throwable failure) {
				return hosted(this.retry.retried().hosted(nest, limit), fresh, failure);
			}
			this.retry.retried().succeeded(nest);
			return result;
		}
		finally {
			this.retry.retried().leave(nest);
		}
	}

	@Override
	public boolean refuses() {
		return this.retry.retried().refuses(this.next);
	}

	private @Nullable Object hosted(RetriedCall call, ProxyMethodInvocation fresh, Throwable made) throws Throwable {
		try {
			if (!call.mayRetry(made)) {
				throw made;
			}
			HostedInvocation invocation = new HostedInvocation(call, this.retry.method(), this.next, fresh, made);
			BackOffExecution backOff = this.retry.backOff();
			return this.retry.interceptor(Duration.ZERO, (failure) -> awaits(call, backOff, failure))
				.invoke(invocation);
		}
		finally {
			call.ended();
		}
	}

	private static boolean awaits(RetriedCall call, BackOffExecution backOff, Throwable failure) {
		try {
			return call.await(HostedRetry.retryIn(call, backOff, failure));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
