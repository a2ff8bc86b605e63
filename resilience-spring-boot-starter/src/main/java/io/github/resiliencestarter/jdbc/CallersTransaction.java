package io.github.resiliencestarter.jdbc;

import java.sql.SQLException;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The transaction of whoever calls, if it is one of a certain database. Thread-safe: each
 * thread sees its own.
 */
public final class CallersTransaction {

	private final DataSource dataSource;

	/**
	 * Look at the transactions of a database.
	 * @param dataSource the database
	 */
	public CallersTransaction(DataSource dataSource) {
		this.dataSource = target(dataSource);
	}

	/**
	 * Return the {@code DataSource} that transactions are bound to.
	 */
	static DataSource target(DataSource dataSource) {
		DataSource target = (dataSource instanceof TransactionAwareDataSourceProxy proxy) ? proxy.getTargetDataSource()
				: null;
		return (target != null) ? target : dataSource;
	}

	/**
	 * Tell whether there is one. A connection that only happens to be bound to another
	 * database's transaction commits each statement by itself, or belongs to a
	 * transaction that another database's is inside.
	 * @return whether there is one
	 */
	public boolean isActive() {
		ConnectionHolder transaction = transaction();
		TransactionTail tail = (transaction != null) ? TransactionTail.of(transaction) : null;
		try {
			return transaction != null && !transaction.getConnection().getAutoCommit()
					&& (tail == null || (tail.isCurrent() && !tail.isOver()));
		}
		catch (SQLException ex) {
			throw new DataAccessResourceFailureException("The transaction's connection is unusable", ex);
		}
	}

	/**
	 * Tell whether it has ended, although Spring still calls its callbacks. Of a
	 * transaction whose manager is unknown that is not known: it is not a bean, or does
	 * not name the {@code DataSource} as its own.
	 * @return whether it has committed or is rolled back
	 */
	public boolean isOver() {
		TransactionTail tail = current();
		return tail != null && tail.isOver();
	}

	/**
	 * Do something as the last thing in it, after all callbacks, while it can still fail.
	 * @param action what to do
	 * @return whether that will be done: not if that moment has passed, or if the
	 * transaction's manager is unknown
	 */
	public boolean performLast(Runnable action) {
		TransactionTail tail = current();
		return tail != null && tail.perform(action);
	}

	/**
	 * Return its end, where it can take statements along.
	 * @return the tail, or {@code null} if everything has to be done before the commit
	 */
	public @Nullable TransactionTail tail() {
		TransactionTail tail = current();
		return (tail != null && tail.takesStatements()) ? tail : null;
	}

	@Nullable TransactionTail current() {
		ConnectionHolder transaction = transaction();
		TransactionTail tail = (transaction != null) ? TransactionTail.of(transaction) : null;
		return (tail != null && tail.isCurrent()) ? tail : null;
	}

	/**
	 * Roll back on the connection itself. A transaction whose manager gave it up without
	 * a decision is committed by many drivers when its connection goes back.
	 */
	public void rollBack() {
		ConnectionHolder transaction = transaction();
		try {
			if (transaction != null && !transaction.getConnection().getAutoCommit()) {
				transaction.getConnection().rollback();
			}
		}
		catch (SQLException ex) {
			throw new DataAccessResourceFailureException("The transaction's connection is unusable", ex);
		}
	}

	private @Nullable ConnectionHolder transaction() {
		return (TransactionSynchronizationManager.getResource(this.dataSource) instanceof ConnectionHolder holder)
				? holder : null;
	}

}
