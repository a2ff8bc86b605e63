package io.github.resiliencestarter.idempotency;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;

/**
 * Begins and ends the transactions of calls.
 */
final class CallTransactions {

	private static final Log logger = LogFactory.getLog(CallTransactions.class);

	private final PlatformTransactionManager manager;

	CallTransactions(PlatformTransactionManager manager) {
		this.manager = manager;
	}

	TransactionStatus begin(IdempotentCall call) {
		return this.manager.getTransaction(call.transaction());
	}

	/**
	 * Claim a key and take it back at once.
	 * @param store where to claim
	 * @param call whose key to claim
	 * @return what came of the claim
	 */
	Claim probe(IdempotencyStore store, IdempotentCall call) {
		TransactionStatus status = begin(call);
		try {
			return store.claim(call.claim());
		}
		finally {
			rollback(status);
		}
	}

	void commit(TransactionStatus status) {
		this.manager.commit(status);
	}

	/**
	 * Roll back before something is thrown that matters more than how the rollback went:
	 * a connection that cannot roll back is dead, and the database does it by itself.
	 * @param status the transaction
	 */
	void rollback(TransactionStatus status) {
		try {
			if (!status.isCompleted()) {
				this.manager.rollback(status);
			}
		}
		catch (RuntimeException ex) {
			logger.debug("The rollback of an idempotent call failed", ex);
		}
	}

}
