package io.github.resiliencestarter.outbox;

import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Stores what was published as late as in other {@code beforeCommit} callbacks, and
 * closes the transaction for publishing: it is called after all of them, directly before
 * the commit, where a failure still rolls back.
 */
final class OutboxCommitListener implements TransactionExecutionListener {

	private final Publisher publisher;

	OutboxCommitListener(Publisher publisher) {
		this.publisher = publisher;
	}

	@Override
	public void beforeCommit(TransactionExecution transaction) {
		// the end of a savepoint is announced too
		if (transaction.isNewTransaction() && TransactionSynchronizationManager.isSynchronizationActive()) {
			this.publisher.buffer().close();
		}
	}

}
