package io.github.resiliencestarter.idempotency;

import java.time.Duration;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import io.github.resiliencestarter.guard.MonotonicClock;

/**
 * Leads calls whose effect is in the database: claim, method and reply are one
 * transaction. The database session is the lease and the commit is the fence, so there is
 * no row of a call under way that anybody could see, and nothing to clean up after a
 * crash.
 * <p>
 * Every round begins with the claim, on a connection that is given back before any
 * waiting. A transaction that failed only because of others, or whose commit was lost and
 * turned out not to have happened, makes another round; everything else is the caller's.
 */
final class TransactionalCalls {

	private static final Duration REENTRY = Duration.ofSeconds(10);

	private final IdempotencyStore store;

	private final CallTransactions transactions;

	private final RecentCalls recent = new RecentCalls();

	private final MonotonicClock clock;

	TransactionalCalls(IdempotencyStore store, CallTransactions transactions, MonotonicClock clock) {
		this.store = store;
		this.transactions = transactions;
		this.clock = clock;
	}

	Ending lead(IdempotentCall call, Patience patience, Consumer<StoredReply> joined) throws Throwable {
		boolean seen = this.recent.mayKnow(call.id());
		Ending known = asksFirst(call, seen) ? known(call) : null;
		Ending ending = (known != null) ? known : rounds(call, patience, joined);
		if (!seen) {
			call.operation().forecast.observe(ending instanceof Ending.Replayed);
			this.recent.add(call.id());
		}
		return ending;
	}

	/**
	 * Tell whether to ask for a reply before a transaction begins. Such a read can answer
	 * a call, because a reply that has committed is the key's reply for good; but it can
	 * let none run, because only the claim knows of those who have not committed. Within
	 * a transaction that goes on nothing is read outside, because only that transaction
	 * can see what it wrote.
	 */
	private static boolean asksFirst(IdempotentCall call, boolean seen) {
		return (seen || call.operation().forecast.expectsReplay())
				&& !TransactionSynchronizationManager.isActualTransactionActive();
	}

	private @Nullable Ending known(IdempotentCall call) {
		StoredCall known = find(call);
		return (known != null) ? call.endingOf(known) : null;
	}

	private Ending rounds(IdempotentCall call, Patience patience, Consumer<StoredReply> joined) throws Throwable {
		Reruns reruns = new Reruns(new Patience(this.clock, REENTRY));
		while (true) {
			Attempt attempt = attempt(call, joined);
			Ending ending = ending(call, attempt, reruns.patience());
			if (ending != null) {
				return ending;
			}
			if (attempt instanceof Attempt.Lost lost) {
				waitForOther(call, lost, patience, reruns);
			}
			else if (!reruns.another()) {
				throw failure(attempt);
			}
		}
	}

	private static Throwable failure(Attempt attempt) {
		return (attempt instanceof Attempt.Contended contended) ? contended.failure()
				: ((Attempt.InDoubt) attempt).failure();
	}

	private static void waitForOther(IdempotentCall call, Attempt.Lost lost, Patience patience, Reruns reruns)
			throws InterruptedException {
		boolean vanished = lost.claim() instanceof Claim.Hidden;
		if (vanished ? !reruns.another() : !call.waits(patience)) {
			throw call.conflict();
		}
	}

	private Attempt attempt(IdempotentCall call, Consumer<StoredReply> joined) throws Throwable {
		TransactionStatus status = this.transactions.begin(call);
		return status.isNewTransaction() ? new OwnedTransaction(this.transactions, this.store, call, status).run()
				: new JoinedTransaction(this.transactions, this.store, call, status).run(joined);
	}

	private @Nullable Ending ending(IdempotentCall call, Attempt attempt, Patience patience) throws Throwable {
		if (attempt instanceof Attempt.Ended ended) {
			return ended.ending();
		}
		if (attempt instanceof Attempt.InDoubt doubt) {
			return new CommitInquiry(this.store, this.transactions, call).resolve(doubt, patience);
		}
		if (attempt instanceof Attempt.Lost lost) {
			return (lost.claim() instanceof Claim.Known found) ? call.endingOf(found.call())
					: (lost.claim() instanceof Claim.Hidden) ? known(call) : null;
		}
		return null;
	}

	private @Nullable StoredCall find(IdempotentCall call) {
		try {
			return this.store.find(call.id());
		}
		catch (RuntimeException ex) {
			if (Contention.isCauseOf(ex)) {
				// not now; the claim will tell
				return null;
			}
			throw ex;
		}
	}

}
