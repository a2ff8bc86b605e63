package io.github.resiliencestarter.jdbc;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;

/**
 * Gives a database's transactions their tails, and sends them. A manager calls its
 * listeners after all callbacks, directly before its own commit, which finds nothing left
 * to do where a tail had statements. So for those it has to be the last listener: where
 * another comes after it, what that one does would be in no transaction, and tails take
 * no statements.
 */
final class TailListener implements TransactionExecutionListener {

	private final ConfigurableTransactionManager manager;

	private final DataSource dataSource;

	private final boolean takeStatements;

	private TailListener(ConfigurableTransactionManager manager, DataSource dataSource, boolean takeStatements) {
		this.manager = manager;
		this.dataSource = dataSource;
		this.takeStatements = takeStatements;
	}

	static void listenTo(ConfigurableTransactionManager manager, DataSource dataSource, boolean takeStatements) {
		manager.addListener(new TailListener(manager, dataSource, takeStatements));
	}

	@Override
	public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
		if (failure == null && !transaction.isReadOnly()) {
			TransactionTail.begin(this.dataSource, this.takeStatements && isLast());
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
		TransactionTail tail = transaction.isNewTransaction() ? new CallersTransaction(this.dataSource).current()
				: null;
		if (tail != null) {
			tail.send();
		}
	}

}
