package io.github.resiliencestarter.idempotency;

import org.jspecify.annotations.Nullable;

import org.springframework.transaction.NestedTransactionNotSupportedException;
import org.springframework.transaction.TransactionStatus;

/**
 * Writes down how the method has ended, in the transaction that holds its claim.
 */
final class CallRecord {

	private final Writer writer;

	private final IdempotentCall call;

	private final TransactionStatus status;

	CallRecord(Writer writer, IdempotentCall call, TransactionStatus status) {
		this.writer = writer;
		this.call = call;
		this.status = status;
	}

	Ending.Ran returned(@Nullable Object result) {
		StoredReply reply = this.call.encode(result);
		Object first = this.call.firstReply(reply, result);
		return recorded(new Ending.Ran(reply, first, null));
	}

	/**
	 * Mark where the business part begins, if a failure of it is to be remembered.
	 * @return the savepoint, or {@code null} if none is needed
	 * @throws NestedTransactionNotSupportedException if the transaction's manager has no
	 * savepoints
	 */
	@Nullable Object savepoint() {
		return this.call.rules().rememberExceptions().isEmpty() ? null : this.status.createSavepoint();
	}

	/**
	 * Record a failure that is final, and throw any other.
	 * @param savepoint before the method, or {@code null} if no failure is remembered in
	 * this transaction
	 * @param failure what the method threw
	 * @return the ending
	 * @throws Throwable the failure, if the transaction has to be rolled back
	 */
	Ending.Ran threw(@Nullable Object savepoint, Throwable failure) throws Throwable {
		if (savepoint != null && this.call.rules().remembers(failure)) {
			this.status.rollbackToSavepoint(savepoint);
		}
		else if (this.call.transaction().rollbackOn(failure) || this.status.isRollbackOnly()) {
			throw failure;
		}
		return failed(failure);
	}

	/**
	 * Record a failure whose business part is rolled back.
	 * @param failure what the method threw
	 * @return the ending
	 */
	Ending.Ran failed(Throwable failure) {
		return recorded(new Ending.Ran(this.call.encodeFailure(failure), null, failure));
	}

	private Ending.Ran recorded(Ending.Ran ending) {
		StoredReply reply = ending.reply();
		if (reply != null) {
			this.writer.write(this.call.claim(), reply);
		}
		return ending;
	}

	/**
	 * How a reply gets into the store.
	 */
	@FunctionalInterface
	interface Writer {

		void write(ClaimRequest claim, StoredReply reply);

	}

}
