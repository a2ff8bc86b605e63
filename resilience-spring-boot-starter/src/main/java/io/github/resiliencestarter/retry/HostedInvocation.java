package io.github.resiliencestarter.retry;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Method;
import java.time.Duration;

import io.github.resiliencestarter.guard.Guard;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.ProxyMethodInvocation;

/**
 * What a retry library is given to retry: each {@link #proceed()} is one attempt that
 * goes through the rest of the chain. Where the first attempt was made before the library
 * was entered, the first {@code proceed()} only tells the library how that has failed.
 */
public class HostedInvocation implements ProxyMethodInvocation {

	private final RetriedCall call;

	private final Method method;

	private final Guard next;

	private final ProxyMethodInvocation fresh;

	private @Nullable Throwable last;

	private int attempts;

	/**
	 * Create the invocation.
	 * @param call decides about attempts
	 * @param method the most specific method, on which libraries find their annotations
	 * @param next the rest of the chain
	 * @param fresh an invocation that has not gone beyond the retry's place: each attempt
	 * uses a clone of it
	 * @param made how the first attempt has failed, or {@code null} if there was none yet
	 */
	public HostedInvocation(RetriedCall call, Method method, Guard next, ProxyMethodInvocation fresh,
			@Nullable Throwable made) {
		this.call = call;
		this.method = method;
		this.next = next;
		this.fresh = fresh;
		this.last = made;
	}

	@Override
	public @Nullable Object proceed() throws Throwable {
		Throwable failure = (this.attempts++ > 0) ? refusal() : this.last;
		while (failure == null || await(this.call.waitOut(failure))) {
			try {
				Object result = this.next.call(this.fresh.invocableClone());
				this.call.succeeded();
				return result;
			}
			catch (Throwable ex) {
				failure = ex;
				this.last = ex;
			}
		}
		throw failure;
	}

	/**
	 * Libraries ask before they wait; where a custom interceptor does not, ask now.
	 */
	private @Nullable Throwable refusal() {
		Throwable failure = this.last;
		boolean granted = failure == null || this.attempts <= this.call.retries() + 1
				|| await(this.call.retryIn(failure, Duration.ZERO));
		return granted ? null : failure;
	}

	private boolean await(long wait) {
		try {
			return this.call.await(wait);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * Return who decides about attempts.
	 * @return the call
	 */
	public final RetriedCall call() {
		return this.call;
	}

	/**
	 * Return how the latest attempt has failed.
	 * @return the failure, or {@code null} if none has
	 */
	public final @Nullable Throwable lastFailure() {
		return this.last;
	}

	@Override
	public final MethodInvocation invocableClone() {
		return this;
	}

	@Override
	public final MethodInvocation invocableClone(@Nullable Object... arguments) {
		this.fresh.setArguments(arguments);
		return this;
	}

	@Override
	public final Object getProxy() {
		return this.fresh.getProxy();
	}

	@Override
	public final Method getMethod() {
		return this.method;
	}

	@Override
	public final @Nullable Object getThis() {
		return this.fresh.getThis();
	}

	@Override
	public final AccessibleObject getStaticPart() {
		return this.method;
	}

	@Override
	public final @Nullable Object[] getArguments() {
		return this.fresh.getArguments();
	}

	@Override
	public final void setArguments(@Nullable Object... arguments) {
		this.fresh.setArguments(arguments);
	}

	@Override
	public final void setUserAttribute(String key, @Nullable Object value) {
		this.fresh.setUserAttribute(key, value);
	}

	@Override
	public final @Nullable Object getUserAttribute(String key) {
		return this.fresh.getUserAttribute(key);
	}

}
