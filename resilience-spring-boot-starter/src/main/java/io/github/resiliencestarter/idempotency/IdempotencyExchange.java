package io.github.resiliencestarter.idempotency;

import org.jspecify.annotations.Nullable;

/**
 * What surrounds a call: the HTTP request that the thread is at work on, and who is
 * authenticated. The answers hold for the calling thread, at the moment of asking.
 */
public interface IdempotencyExchange {

	/**
	 * Return the key that came with the request.
	 * @return the header's value, quoted or bare, or {@code null} if there is no request
	 * or no key
	 */
	@Nullable String keyHeader();

	/**
	 * Return who is authenticated.
	 * @return the name, or {@code null} if nobody is
	 */
	@Nullable String principal();

	/**
	 * Take note that the caller gets the reply of an earlier call.
	 */
	void replayed();

}
