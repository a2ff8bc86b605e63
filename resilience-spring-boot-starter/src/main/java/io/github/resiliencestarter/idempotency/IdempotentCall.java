package io.github.resiliencestarter.idempotency;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.transaction.interceptor.TransactionAttribute;

import io.github.resiliencestarter.idempotency.Idempotent.OnConcurrent;
import io.github.resiliencestarter.idempotency.StoredCall.Phase;

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
 * @param said tells what the method has said besides its result, up to now
 * @param body runs the method; may be called again after a rollback
 */
record IdempotentCall(IdempotentOperation operation, IdempotencyId id, CallFingerprint fingerprint, long owner,
		ReplyCodec codec, TransactionAttribute transaction, Supplier<ResponseHead> said, Body body) {

	IdempotentCall(IdempotentOperation operation, IdempotencyId id, CallFingerprint fingerprint, ReplyCodec codec,
			TransactionAttribute transaction, Body body) {
		this(operation, id, fingerprint, ThreadLocalRandom.current().nextLong(), codec, transaction,
				() -> ResponseHead.NONE, body);
	}

	IdempotentCall withBody(Supplier<ResponseHead> itsSaid, Body other) {
		return new IdempotentCall(this.operation, this.id, this.fingerprint, this.owner, this.codec, this.transaction,
				itsSaid, other);
	}

	IdempotencyRules rules() {
		return this.operation.rules();
	}

	ClaimRequest claim() {
		return new ClaimRequest(this.id, this.fingerprint, this.owner, rules().ttl(), rules().retention());
	}

	/**
	 * Tell whether an outcome is to be kept.
	 * @param result what the method returned
	 * @return {@code false} for what the client had better try again
	 */
	boolean keeps(@Nullable Object result) {
		return !this.said.get().isServerError() && this.codec.keeps(result);
	}

	StoredReply encode(@Nullable Object result) {
		return this.codec.encode(this.id, result, this.said.get());
	}

	StoredReply encodeFailure(Throwable failure) {
		return this.codec.encodeFailure(this.id, failure);
	}

	@Nullable Object firstReply(StoredReply reply, @Nullable Object result) {
		return this.codec.firstReply(this.id, reply, result);
	}

	/**
	 * Tell what this call gets from the one that had its key before.
	 * @param known that call
	 * @return its ending, or {@code null} if it has none yet
	 */
	@Nullable Ending endingOf(StoredCall known) {
		if (!known.fingerprint().equals(this.fingerprint)) {
			throw reused();
		}
		if (known.phase() != Phase.DONE) {
			return null;
		}
		if (known.replyExpired()) {
			throw this.codec.unavailable("is past its time to live", null);
		}
		return new Ending.Replayed(known.reply());
	}

	/**
	 * Wait a little for the call that has the key.
	 * @param patience how long at most
	 * @return whether there is a point in another look
	 */
	boolean waits(Patience patience) throws InterruptedException {
		return rules().onConcurrent() == OnConcurrent.WAIT && patience.pause();
	}

	IdempotencyConflictException conflict() {
		return new IdempotencyConflictException(this.operation.name(), Patience.RETRY_AFTER, this.id);
	}

	IdempotencyKeyReusedException reused() {
		return new IdempotencyKeyReusedException("The idempotency key was used before for a call of '"
				+ this.operation.name() + "' with other arguments. Use a new key for a new request.", this.id);
	}

	/**
	 * The method.
	 */
	@FunctionalInterface
	interface Body {

		@Nullable Object run() throws Throwable;

	}

}
