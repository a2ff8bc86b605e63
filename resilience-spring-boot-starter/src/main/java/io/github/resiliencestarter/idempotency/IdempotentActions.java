package io.github.resiliencestarter.idempotency;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import io.github.resiliencestarter.idempotency.IdempotentMethods.Replies;

/**
 * Idempotency for code without an annotation.
 */
final class IdempotentActions implements IdempotencyOperations {

	private final IdempotentOperations operations;

	private final IdempotentCalls calls;

	private final CallIdentity identity;

	private final Replies replies;

	private final Fingerprints fingerprints;

	IdempotentActions(IdempotentOperations operations, IdempotentCalls calls, CallIdentity identity, Replies replies,
			JsonMapper mapper) {
		this.operations = operations;
		this.calls = calls;
		this.identity = identity;
		this.replies = replies;
		this.fingerprints = new Fingerprints(mapper);
	}

	@Override
	@SuppressWarnings("unchecked")
	public <T> @Nullable T execute(String operation, String key, @Nullable Object fingerprint, Class<T> type,
			Supplier<? extends @Nullable T> action) {
		IdempotencyId id = IdempotencyId.of(operation, this.identity.principal(), IdempotencyKey.checked(key));
		ReplyCodec codec = this.replies.codec(operation, type, type);
		IdempotentCall call = new IdempotentCall(this.operations.programmatic(operation), id,
				this.fingerprints.of(operation, fingerprint), codec, CallTransactionAttributes.DEFAULT, action::get);
		try {
			return (T) this.calls.execute(call);
		}
		catch (RuntimeException | Error ex) {
			throw ex;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw call.conflict();
		}
		catch (Throwable ex) {
			throw new IllegalStateException("A recorded exception is a checked one", ex);
		}
	}

}
