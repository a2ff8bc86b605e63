package io.github.resiliencestarter.idempotency;

import java.util.Optional;

import io.github.resiliencestarter.idempotency.Idempotent.Mode;

/**
 * Finds out what has become of a call. A transactional call that runs in another instance
 * can be seen by nobody; but a claim of its key that is rolled back at once tells whether
 * somebody has it.
 */
final class CallInquiry {

	private final IdempotencyStore store;

	private final CallTransactions transactions;

	private final IdempotentCalls calls;

	CallInquiry(IdempotencyStore store, CallTransactions transactions, IdempotentCalls calls) {
		this.store = store;
		this.transactions = transactions;
		this.calls = calls;
	}

	CallStatus status(IdempotentCall call) {
		if (this.calls.isUnderWay(call.id())) {
			return new CallStatus.Running();
		}
		Optional<StoredCall> known = Optional.ofNullable(this.store.find(call.id()));
		if (known.isEmpty() && call.rules().mode() == Mode.TRANSACTIONAL) {
			Claim probe = this.transactions.probe(this.store, call);
			if (probe instanceof Claim.Undecided) {
				return new CallStatus.Running();
			}
			known = (probe instanceof Claim.Known found) ? Optional.of(found.call())
					: Optional.ofNullable(this.store.find(call.id()));
		}
		return known.map((stored) -> status(call, stored)).orElseGet(CallStatus.Unknown::new);
	}

	private static CallStatus status(IdempotentCall call, StoredCall known) {
		return switch (known.phase()) {
			case RUNNING, ABANDONED -> new CallStatus.Running();
			case FREE -> new CallStatus.Unknown();
			case DONE -> new CallStatus.Done(() -> {
				if (known.replyExpired()) {
					throw call.codec().unavailable("is past its time to live", null);
				}
				return call.codec().replay(call.id(), known.reply()).outcome();
			});
		};
	}

}
