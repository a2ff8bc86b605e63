package io.github.resiliencestarter.idempotency;

import io.github.resiliencestarter.idempotency.Idempotent.Mode;
import io.github.resiliencestarter.idempotency.StoredCall.Phase;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Looks for the reply to an earlier call, without a transaction.
 * <p>
 * The invariant: a look can answer a call, because a reply that has committed is the
 * key's reply for good; but it lets none run, because only the claim knows of those who
 * have not committed. So when to look is a matter of cost alone: before the claim where
 * this process has seen the key, or expects that another has. Thread-safe.
 */
final class EarlierReplies {

	private final IdempotencyStore store;

	private final RecentCalls recent = new RecentCalls();

	EarlierReplies(IdempotencyStore store) {
		this.store = store;
	}

	/**
	 * Look before the claim if that is likely to save it.
	 * @param call the call
	 * @return its ending, or {@code null} if it has to claim its key
	 */
	@Nullable Ending expected(IdempotentCall call) {
		boolean likely = this.recent.mayKnow(call.id()) || call.operation().forecast.expectsReplay();
		return (likely && !isInTransaction(call)) ? find(call) : null;
	}

	/**
	 * Tell whether the key is claimed in a transaction that goes on: then only that
	 * transaction can see what it wrote.
	 */
	private static boolean isInTransaction(IdempotentCall call) {
		return !isLeased(call) && TransactionSynchronizationManager.isActualTransactionActive();
	}

	/**
	 * Look.
	 * @param call the call
	 * @return its ending, or {@code null} if it has none that can be seen
	 */
	@Nullable Ending find(IdempotentCall call) {
		StoredCall known;
		try {
			known = this.store.find(call.id());
		}
		catch (RuntimeException ex) {
			if (Contention.isCauseOf(ex) || (isLeased(call) && LostConnection.isCauseOf(ex))) {
				// not now; the claim will tell, and a leased one asks again by itself
				return null;
			}
			throw ex;
		}
		return (known != null && known.phase() == Phase.DONE) ? call.endingOf(known) : null;
	}

	private static boolean isLeased(IdempotentCall call) {
		return call.rules().mode() == Mode.LEASED;
	}

	/**
	 * Learn from how a call has ended.
	 * @param call the call
	 * @param ending how it has ended
	 */
	void learn(IdempotentCall call, Ending ending) {
		if (!this.recent.mayKnow(call.id())) {
			call.operation().forecast.observe(ending instanceof Ending.Replayed);
			this.recent.add(call.id());
		}
	}

}
