package io.github.resiliencestarter.idempotency;

import org.jspecify.annotations.Nullable;

import org.springframework.transaction.NestedTransactionNotSupportedException;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.UnexpectedRollbackException;

/**
 * One attempt in a transaction that was begun for it.
 * <p>
 * A failure that is remembered leaves the claim and takes the business part back. Where
 * the transaction's manager has no savepoints for that, as JPA's, both are rolled back,
 * and another transaction claims for the failure alone. Who claims in between has run the
 * method after a rollback, which is a first call like any other.
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
		return claim(this::granted);
	}

	private Attempt remember(Throwable failure) throws Throwable {
		return claim(() -> commit(TransactionEnd.watch(), this.outcome.failed(failure)));
	}

	private Attempt claim(Granted granted) throws Throwable {
		try {
			Claim claim = this.store.claim(this.call.claim());
			if (claim instanceof Claim.Granted) {
				return granted.run();
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
		Object savepoint = savepoint();
		Object result;
		try {
			result = IdempotencyScope.run(this.call, null);
		}
		catch (Throwable failure) {
			if (savepoint == null && this.call.rules().remembers(failure)) {
				this.transactions.rollback(this.status);
				return new OwnedTransaction(this.transactions, this.store, this.call,
						this.transactions.begin(this.call))
					.remember(failure);
			}
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

	private @Nullable Object savepoint() {
		try {
			return this.outcome.savepoint();
		}
		catch (NestedTransactionNotSupportedException ex) {
			return null;
		}
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

	/**
	 * What follows when the key is this call's.
	 */
	@FunctionalInterface
	private interface Granted {

		Attempt run() throws Throwable;

	}

}
