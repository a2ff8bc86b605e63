package io.github.resiliencestarter.idempotency;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Idempotency for code, as {@code TransactionTemplate} is to {@code @Transactional}.
 * Thread-safe.
 */
public interface IdempotencyOperations {

	/**
	 * Run an action once for a key, and return its result to every duplicate.
	 * @param <T> the type of the result
	 * @param operation the operation's name; keys of different operations never meet
	 * @param key the key, 1 to 255 visible ASCII characters
	 * @param fingerprint what tells whether two calls with one key are the same call, or
	 * {@code null} if every call with this key is
	 * @param type the type of the result, {@code Void.class} for none
	 * @param action what to run
	 * @return the first call's result
	 */
	<T> @Nullable T execute(String operation, String key, @Nullable Object fingerprint, Class<T> type,
			Supplier<? extends @Nullable T> action);

}
