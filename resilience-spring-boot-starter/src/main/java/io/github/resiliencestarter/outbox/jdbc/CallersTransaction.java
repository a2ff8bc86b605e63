package io.github.resiliencestarter.outbox.jdbc;

import java.sql.SQLException;

import javax.sql.DataSource;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The transaction of whoever calls, if it is one of this database.
 */
final class CallersTransaction {

	private final DataSource dataSource;

	CallersTransaction(DataSource dataSource) {
		DataSource target = (dataSource instanceof TransactionAwareDataSourceProxy proxy) ? proxy.getTargetDataSource()
				: null;
		this.dataSource = (target != null) ? target : dataSource;
	}

	/**
	 * A connection that only happens to be bound to another database's transaction
	 * commits each statement by itself.
	 */
	boolean isActive() {
		try {
			return TransactionSynchronizationManager.getResource(this.dataSource) instanceof ConnectionHolder holder
					&& !holder.getConnection().getAutoCommit();
		}
		catch (SQLException ex) {
			throw new DataAccessResourceFailureException("The transaction's connection is unusable", ex);
		}
	}

}
