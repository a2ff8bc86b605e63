package io.github.resiliencestarter.guard;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * One link of a method's chain. A guard is made once for a method and holds the rest of
 * the chain; per call there is only Spring's own invocation, so a guard that allocates
 * nothing costs nothing beyond the proxy.
 * <p>
 * Guards are thread-safe. A guard may call the rest of the chain on another thread, and
 * more than once if it passes a fresh
 * {@link org.springframework.aop.ProxyMethodInvocation#invocableClone() clone} each time.
 */
@FunctionalInterface
public interface Guard extends GuardedAction<MethodInvocation, @Nullable Object, Throwable> {

	/**
	 * Take the call through this guard and all that are inside it.
	 * @param call the call: target, method, arguments
	 * @return the method's result
	 * @throws Throwable what the method, or a guard, throws
	 */
	@Override
	@SuppressWarnings("NullAway") // does not see that the result's type is nullable
	@Nullable Object call(MethodInvocation call) throws Throwable;

	/**
	 * Tell, instead of being called, whether a call is certain to be refused now: then
	 * the refusal counts, and a fallback answers without an exception having been made
	 * for it. Asked before every call that has such a fallback, so the answer must cost
	 * next to nothing. Guards that have nothing to add to a refusal pass the question on;
	 * those that look at the exception, or have to see the call, answer {@code false}.
	 * @return whether the call is refused; if not, it is to be made
	 */
	default boolean refuses() {
		return false;
	}

}
