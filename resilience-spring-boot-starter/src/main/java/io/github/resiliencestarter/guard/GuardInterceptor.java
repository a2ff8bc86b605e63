package io.github.resiliencestarter.guard;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * The one interceptor: takes calls of one method into its chain.
 */
final class GuardInterceptor implements MethodInterceptor {

	private final Guard head;

	GuardInterceptor(Guard head) {
		this.head = head;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		return this.head.call(invocation);
	}

}
