package io.github.resiliencestarter.idempotency;

import java.util.function.Supplier;

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
	 * Begin to watch what the method says to its caller besides its result.
	 * @return tells what it has said since, up to the moment of asking
	 */
	Supplier<ResponseHead> watch();

	/**
	 * Take note that the caller gets the reply of an earlier call.
	 * @param said what that call said besides its result: to be said again
	 */
	void replayed(ResponseHead said);

}
