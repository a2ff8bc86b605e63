package io.github.resiliencestarter.idempotency;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.NestedTransactionNotSupportedException;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * One attempt in a transaction that was there before: the claim, the effect and the reply
 * become true when that transaction commits. Its connection cannot be given back, and a
 * failure that aborts it is the business of whoever began it.
 */
final class JoinedTransaction {

	private final CallTransactions transactions;

	private final IdempotencyStore store;

	private final IdempotentCall call;

	private final TransactionStatus status;

	private final CallRecord outcome;

	JoinedTransaction(CallTransactions transactions, IdempotencyStore store, IdempotentCall call,
			TransactionStatus status) {
		this.transactions = transactions;
		this.store = store;
		this.call = call;
		this.status = status;
		this.outcome = new CallRecord((claim, reply) -> store.record(claim.id(), claim.owner(), reply), call, status);
	}

	Attempt run(Consumer<StoredReply> joined) throws Throwable {
		if (TransactionSynchronizationManager.isCurrentTransactionReadOnly()) {
			throw new IllegalTransactionStateException("'" + this.call.operation().name()
					+ "' is idempotent and was called in a read-only transaction, in which no key can be kept");
		}
		Claim claim = this.store.claimWithin(this.call.claim());
		if (claim instanceof Claim.Granted) {
			return new Attempt.Ended(granted(joined));
		}
		if (claim instanceof Claim.Hidden) {
			throw new ConcurrencyFailureException("The first call of '" + this.call.operation().name()
					+ "' has committed after this transaction took its snapshot. Run the transaction again.");
		}
		return new Attempt.Lost(claim);
	}

	private Ending granted(Consumer<StoredReply> joined) throws Throwable {
		Ending.Ran ending;
		try {
			ending = outcome(savepoint());
		}
		catch (Throwable ex) {
			this.transactions.rollback(this.status);
			throw ex;
		}
		if (ending.reply() == null) {
			this.transactions.rollback(this.status);
			return ending;
		}
		joined.accept(ending.reply());
		this.transactions.commit(this.status);
		return ending;
	}

	/**
	 * The transaction is not this call's to roll back, so a failure that is remembered
	 * needs a savepoint.
	 */
	private @Nullable Object savepoint() {
		try {
			return this.outcome.savepoint();
		}
		catch (NestedTransactionNotSupportedException ex) {
			throw new IllegalTransactionStateException("'" + this.call.operation().name()
					+ "' has rememberExceptions and was called in a transaction whose manager has no savepoints, as JPA's. "
					+ "Call it outside the transaction, or remember no exceptions.", ex);
		}
	}

	private Ending.Ran outcome(@Nullable Object savepoint) throws Throwable {
		Object result;
		try {
			result = IdempotencyScope.run(this.call, null);
		}
		catch (Throwable failure) {
			return this.outcome.threw(savepoint, failure);
		}
		return this.call.keeps(result) ? this.outcome.returned(result) : new Ending.Ran(null, result, null);
	}

}
