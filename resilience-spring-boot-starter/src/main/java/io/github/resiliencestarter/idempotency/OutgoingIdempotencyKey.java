package io.github.resiliencestarter.idempotency;

import java.net.URI;

import org.jspecify.annotations.Nullable;

/**
 * The key for a request that an idempotent method sends to somebody else.
 */
public final class OutgoingIdempotencyKey {

	private OutgoingIdempotencyKey() {
	}

	/**
	 * Return the key for a request of the current thread. It is derived from the call's
	 * own key, so a repeated run sends the same one; from the principal, so keys that two
	 * clients chose alike do not meet at the receiver; and from method and address.
	 * @param method the HTTP method
	 * @param address where the request goes
	 * @return the key, or {@code null} if the thread runs no idempotent method that asks
	 * for it
	 */
	public static @Nullable String of(String method, URI address) {
		IdempotencyScope scope = IdempotencyScope.current();
		return (scope != null) ? scope.outgoingKey(method, address.toString()) : null;
	}

}
