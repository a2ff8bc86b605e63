package io.github.resiliencestarter.idempotency;

import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a commit happened whose answer was lost. A read is not enough: the
 * server may not have got to the commit yet. A probing claim of the same key waits for
 * the undecided transaction, so what it says is final: the key is known, then it
 * committed; the key is free, then it did not and never will.
 */
final class CommitInquiry {

	private final IdempotencyStore store;

	private final CallTransactions transactions;

	private final IdempotentCall call;

	CommitInquiry(IdempotencyStore store, CallTransactions transactions, IdempotentCall call) {
		this.store = store;
		this.transactions = transactions;
		this.call = call;
	}

	/**
	 * Find out.
	 * @param doubt what is in doubt
	 * @param patience for how long to ask
	 * @return how the call has ended, or {@code null} if it certainly left nothing and
	 * can run again
	 * @throws Throwable the commit's failure, if the database does not answer
	 */
	@Nullable Ending resolve(Attempt.InDoubt doubt, Patience patience) throws Throwable {
		do {
			try {
				Claim probe = this.transactions.probe(this.store, this.call);
				if (probe instanceof Claim.Granted) {
					return rolledBack(doubt);
				}
				StoredCall known = (probe instanceof Claim.Known found) ? found.call()
						: this.store.find(this.call.id());
				if (known != null) {
					return (known.owner() == this.call.owner()) ? doubt.ending() : this.call.endingOf(known);
				}
			}
			catch (RuntimeException ex) {
				if (ex != doubt.failure()) {
					doubt.failure().addSuppressed(ex);
				}
			}
		}
		while (patience.pause());
		throw doubt.failure();
	}

	private static @Nullable Ending rolledBack(Attempt.InDoubt doubt) throws Throwable {
		if (!doubt.connectionLost()) {
			throw doubt.failure();
		}
		return null;
	}

}
