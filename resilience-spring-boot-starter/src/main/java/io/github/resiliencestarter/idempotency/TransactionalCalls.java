package io.github.resiliencestarter.idempotency;

import java.time.Duration;
import java.util.function.Consumer;

import io.github.resiliencestarter.guard.MonotonicClock;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.TransactionStatus;

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

	private final EarlierReplies replies;

	private final MonotonicClock clock;

	TransactionalCalls(IdempotencyStore store, CallTransactions transactions, EarlierReplies replies,
			MonotonicClock clock) {
		this.store = store;
		this.transactions = transactions;
		this.replies = replies;
		this.clock = clock;
	}

	Ending lead(IdempotentCall call, Patience patience, Consumer<StoredReply> joined) throws Throwable {
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
					: (lost.claim() instanceof Claim.Hidden) ? this.replies.find(call) : null;
		}
		return null;
	}

}
