package io.github.resiliencestarter.idempotency;

import org.jspecify.annotations.Nullable;

import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.UnexpectedRollbackException;

/**
 * One attempt in a transaction that was begun for it.
 */
final class OwnedTransaction {

	private final CallTransactions transactions;

	private final IdempotencyStore store;

	private final IdempotentCall call;

	private final TransactionStatus status;

	private final CallRecord outcome;

	OwnedTransaction(CallTransactions transactions, IdempotencyStore store, IdempotentCall call,
			TransactionStatus status) {
		this.transactions = transactions;
		this.store = store;
		this.call = call;
		this.status = status;
		this.outcome = new CallRecord(store::recordLast, call, status);
	}

	Attempt run() throws Throwable {
		try {
			Claim claim = this.store.claim(this.call.claim());
			if (claim instanceof Claim.Granted) {
				return granted();
			}
			this.transactions.rollback(this.status);
			return new Attempt.Lost(claim);
		}
		catch (Throwable ex) {
			this.transactions.rollback(this.status);
			if (Contention.isCauseOf(ex)) {
				return new Attempt.Contended(ex);
			}
			throw ex;
		}
	}

	private Attempt granted() throws Throwable {
		TransactionEnd end = TransactionEnd.watch();
		Object savepoint = this.call.rules().rememberExceptions().isEmpty() ? null : this.status.createSavepoint();
		Object result;
		try {
			result = IdempotencyScope.run(this.call, null);
		}
		catch (Throwable failure) {
			return commit(end, this.outcome.threw(savepoint, failure));
		}
		if (!this.call.keeps(result)) {
			this.transactions.rollback(this.status);
			return new Attempt.Ended(new Ending.Ran(null, result, null));
		}
		if (this.status.isRollbackOnly()) {
			throw new UnexpectedRollbackException(
					"Transaction of '" + this.call.operation().name() + "' was marked as rollback-only");
		}
		return commit(end, this.outcome.returned(result));
	}

	private Attempt commit(TransactionEnd end, Ending.Ran ending) {
		try {
			this.transactions.commit(this.status);
			return new Attempt.Ended(ending);
		}
		catch (UnexpectedRollbackException ex) {
			throw ex;
		}
		catch (RuntimeException | Error ex) {
			if (end.committed()) {
				// the failure of a callback that came too late to change anything
				return new Attempt.Ended(new Ending.Ran(ending.reply(), null, ex));
			}
			if (end.reachedCommit() && !LostConnection.isRuledOutBy(ex)) {
				return new Attempt.InDoubt(ex, ending, end.isUnknown() || LostConnection.isCauseOf(ex));
			}
			throw ex;
		}
	}

}
