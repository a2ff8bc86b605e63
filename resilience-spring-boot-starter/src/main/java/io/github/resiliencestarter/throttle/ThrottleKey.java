package io.github.resiliencestarter.throttle;

import java.util.List;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ObjectUtils;

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

	/**
	 * Return a key that knows when it equals another: arrays do not.
	 * @param key the key
	 * @return the key, or a list of what is in it
	 */
	static Object comparable(Object key) {
		return key.getClass().isArray() ? List.of(ObjectUtils.toObjectArray(key)) : key;
	}

}
