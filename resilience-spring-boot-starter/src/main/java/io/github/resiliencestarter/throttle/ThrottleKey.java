package io.github.resiliencestarter.throttle;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * Tells under which key a call is limited.
 */
@FunctionalInterface
interface ThrottleKey {

	/** All calls share one limit. */
	ThrottleKey NONE = (call) -> null;

	/**
	 * Return a call's key.
	 * @param call the call
	 * @return the key, {@code null} only if there are no keys
	 * @throws IllegalArgumentException if there should be a key, and is none
	 */
	@Nullable Object of(MethodInvocation call);

}
