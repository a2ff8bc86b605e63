package io.github.resiliencestarter.idempotency;

import java.util.concurrent.ThreadLocalRandom;

import org.jspecify.annotations.Nullable;

import org.springframework.transaction.interceptor.TransactionAttribute;

/**
 * One call: whose key and fingerprint are settled before anything runs, and never looked
 * at again.
 *
 * @param operation the operation
 * @param id the key's digest
 * @param fingerprint what makes it the same call
 * @param owner a random number that stands for this call
 * @param codec writes and reads replies
 * @param transaction the attributes of the transaction to run in
 * @param body runs the method; may be called again after a rollback
 */
record IdempotentCall(IdempotentOperation operation, IdempotencyId id, CallFingerprint fingerprint, long owner,
		ReplyCodec codec, TransactionAttribute transaction, Body body) {

	IdempotentCall(IdempotentOperation operation, IdempotencyId id, CallFingerprint fingerprint, ReplyCodec codec,
			TransactionAttribute transaction, Body body) {
		this(operation, id, fingerprint, ThreadLocalRandom.current().nextLong(), codec, transaction, body);
	}

	IdempotentCall withBody(Body other) {
		return new IdempotentCall(this.operation, this.id, this.fingerprint, this.owner, this.codec, this.transaction,
				other);
	}

	IdempotencyRules rules() {
		return this.operation.rules();
	}

	ClaimRequest claim() {
		return new ClaimRequest(this.id, this.fingerprint, this.owner, rules().ttl(), rules().retention());
	}

	IdempotencyConflictException conflict() {
		return new IdempotencyConflictException(this.operation.name(), Patience.RETRY_AFTER);
	}

	IdempotencyKeyReusedException reused() {
		return new IdempotencyKeyReusedException("The idempotency key was used before for a call of '"
				+ this.operation.name() + "' with other arguments. Use a new key for a new request.");
	}

	/**
	 * The method.
	 */
	@FunctionalInterface
	interface Body {

		@Nullable Object run() throws Throwable;

	}

}
