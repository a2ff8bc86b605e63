package io.github.resiliencestarter.jdbc;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Gives transactions their tails, and sends them. A manager calls its listeners after all
 * callbacks, directly before its own commit, which finds nothing left to do where a tail
 * had statements. So it has to be the last listener: where another comes after it, what
 * that one does would be in no transaction, and there are no tails.
 */
final class TailListener implements TransactionExecutionListener {

	private final DataSourceTransactionManager manager;

	private final DataSource dataSource;

	private TailListener(DataSourceTransactionManager manager, DataSource dataSource) {
		this.manager = manager;
		this.dataSource = dataSource;
	}

	static void listenTo(DataSourceTransactionManager manager, DataSource dataSource) {
		manager.addListener(new TailListener(manager, dataSource));
	}

	@Override
	public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
		if (failure == null && !transaction.isReadOnly() && TransactionSynchronizationManager.isSynchronizationActive()
				&& isLast()) {
			TransactionSynchronizationManager.registerSynchronization(new TransactionTail(this.dataSource));
		}
	}

	private boolean isLast() {
		TransactionExecutionListener last = null;
		for (TransactionExecutionListener each : this.manager.getTransactionExecutionListeners()) {
			last = each;
		}
		return last == this;
	}

	/**
	 * The commit of a savepoint is none.
	 */
	@Override
	public void beforeCommit(TransactionExecution transaction) {
		TransactionTail tail = transaction.isNewTransaction() ? TransactionTail.ofThread(this.dataSource) : null;
		if (tail != null) {
			tail.send();
		}
	}

}
