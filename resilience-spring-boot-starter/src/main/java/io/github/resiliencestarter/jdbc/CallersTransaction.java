package io.github.resiliencestarter.jdbc;

import java.sql.Connection;
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
	 * database's transaction commits each statement by itself.
	 * @return whether there is one
	 */
	public boolean isActive() {
		try {
			Connection connection = connection();
			return connection != null && !connection.getAutoCommit();
		}
		catch (SQLException ex) {
			throw new DataAccessResourceFailureException("The transaction's connection is unusable", ex);
		}
	}

	/**
	 * Return the end of this thread's transaction, where it can take statements along.
	 * @return the tail, or {@code null} if everything has to be done before the commit
	 */
	public @Nullable TransactionTail tail() {
		return TransactionTail.ofThread(this.dataSource);
	}

	/**
	 * Roll back on the connection itself. A transaction whose manager gave it up without
	 * a decision is committed by many drivers when its connection goes back.
	 */
	public void rollBack() {
		try {
			Connection connection = connection();
			if (connection != null && !connection.getAutoCommit()) {
				connection.rollback();
			}
		}
		catch (SQLException ex) {
			throw new DataAccessResourceFailureException("The transaction's connection is unusable", ex);
		}
	}

	private @Nullable Connection connection() {
		return (TransactionSynchronizationManager.getResource(this.dataSource) instanceof ConnectionHolder holder)
				? holder.getConnection() : null;
	}

}
