package io.github.resiliencestarter.retry.springretry;

import java.lang.reflect.Method;

import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.retry.HostedInvocation;
import io.github.resiliencestarter.retry.RetriedCall;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.retry.RetryContext;
import org.springframework.retry.support.RetrySynchronizationManager;

/**
 * Tells spring-retry's context what the library cannot know: who decides about waits, and
 * that a failure is final.
 */
final class SpringInvocation extends HostedInvocation {

	private static final String CALL = SpringInvocation.class.getName();

	private final @Nullable FirstAttempt first;

	SpringInvocation(RetriedCall call, Method method, Guard next, ProxyMethodInvocation fresh,
			@Nullable FirstAttempt first, @Nullable Throwable made) {
		super(call, method, next, fresh, made);
		this.first = first;
	}

	static @Nullable RetriedCall callOf(@Nullable RetryContext context) {
		return (context != null) ? (RetriedCall) context.getAttribute(CALL) : null;
	}

	@Override
	public @Nullable Object proceed() throws Throwable {
		RetryContext context = RetrySynchronizationManager.getContext();
		if (context == null) {
			return super.proceed();
		}
		begin(context);
		try {
			return super.proceed();
		}
		catch (Throwable failure) {
			if (!call().mayRetry(failure)) {
				context.setExhaustedOnly();
			}
			throw failure;
		}
	}

	private void begin(RetryContext context) {
		if (context.getAttribute(CALL) != call()) {
			context.setAttribute(CALL, call());
			if (this.first != null) {
				this.first.handOver(context);
			}
		}
	}

}
