package io.github.resiliencestarter.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.jdbc.support.SQLExceptionTranslator;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The end of a transaction: what is done last in it, after all callbacks, and, where the
 * database and the transaction's manager allow it, statements that go to the database
 * together with its {@code COMMIT}, in one exchange instead of one for each.
 * <p>
 * The invariant: a transaction commits with all that its tail was given, or it does not
 * commit. What comes too late is refused. A statement that fails keeps the server from
 * reading on to the {@code COMMIT} behind it. Where Spring gives a transaction up without
 * a decision (a callback has thrown a {@link TransactionException}), the tail rolls it
 * back, because otherwise the driver would commit it.
 * <p>
 * A transaction has one if its manager announces every commit directly before it (see
 * {@link TailListener}). Bound to the transaction's connection and thread.
 */
public final class TransactionTail implements TransactionSynchronization {

	private static final SQLExceptionTranslator TRANSLATOR = new SQLExceptionSubclassTranslator();

	private final DataSource dataSource;

	private final List<Runnable> actions = new ArrayList<>(1);

	private final List<TailStatement> statements = new ArrayList<>(2);

	private final ConnectionHolder transaction;

	private final boolean takesStatements;

	private boolean sent;

	private boolean over;

	private boolean suspended;

	private TransactionTail(DataSource dataSource, ConnectionHolder transaction, boolean takesStatements) {
		this.dataSource = dataSource;
		this.transaction = transaction;
		this.takesStatements = takesStatements;
	}

	/**
	 * Give the transaction that has just begun a tail; a savepoint has its transaction's.
	 */
	static void begin(DataSource dataSource, boolean takesStatements) {
		if (TransactionSynchronizationManager.isSynchronizationActive()
				&& TransactionSynchronizationManager.getResource(dataSource) instanceof ConnectionHolder transaction
				&& of(transaction) == null) {
			TransactionTail tail = new TransactionTail(dataSource, transaction, takesStatements);
			TransactionSynchronizationManager.registerSynchronization(tail);
			TransactionSynchronizationManager.bindResource(transaction, tail);
		}
	}

	static @Nullable TransactionTail of(ConnectionHolder transaction) {
		return (TransactionTail) TransactionSynchronizationManager.getResource(transaction);
	}

	/**
	 * Tell whether its transaction is the one that callbacks are registered with. Inside
	 * it another manager may have begun one of another database.
	 */
	boolean isCurrent() {
		return !this.suspended;
	}

	/**
	 * Do something after all callbacks, while the transaction can still fail.
	 * @param action what to do; it may add statements
	 * @return whether that will be done: not if that moment has passed
	 */
	boolean perform(Runnable action) {
		return !this.sent && this.actions.add(action);
	}

	/**
	 * Tell whether statements can still be added.
	 */
	boolean takesStatements() {
		return this.takesStatements && !this.sent;
	}

	/**
	 * Tell whether the transaction has ended, although Spring may still call its
	 * callbacks.
	 */
	boolean isOver() {
		return this.over;
	}

	/**
	 * Let a statement go along with the commit. No savepoint takes it back.
	 * @param statement the statement
	 */
	public void add(TailStatement statement) {
		this.statements.add(statement);
	}

	/**
	 * Do what is left to do. If that includes statements, the transaction has committed
	 * afterwards, and the driver knows that there is nothing left to commit.
	 */
	void send() {
		try {
			this.actions.forEach(Runnable::run);
			this.sent = true;
			if (!this.statements.isEmpty()) {
				commit();
				this.over = true;
			}
		}
		catch (TransactionException ex) {
			// Spring would not roll back on this one
			throw new TransientDataAccessResourceException("The last statements of the transaction were not sent", ex);
		}
	}

	private void commit() {
		Connection connection = DataSourceUtils.getConnection(this.dataSource);
		String sql = this.statements.stream().map(TailStatement::sql).collect(Collectors.joining(";", "", ";COMMIT"));
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			DataSourceUtils.applyTransactionTimeout(statement, this.dataSource);
			int index = 1;
			for (TailStatement each : this.statements) {
				index = each.bind(statement, index);
			}
			statement.execute();
			read(statement);
		}
		catch (SQLException ex) {
			throw translate(sql, ex);
		}
		finally {
			DataSourceUtils.releaseConnection(connection, this.dataSource);
		}
	}

	private void read(PreparedStatement statement) throws SQLException {
		for (TailStatement each : this.statements) {
			try (ResultSet rows = statement.getResultSet()) {
				if (rows != null) {
					each.read(rows);
				}
			}
			statement.getMoreResults();
		}
	}

	private static DataAccessException translate(String sql, SQLException failure) {
		DataAccessException translated = TRANSLATOR.translate("Last statements and commit", sql, failure);
		return (translated != null) ? translated
				: new UncategorizedSQLException("Last statements and commit", sql, failure);
	}

	/**
	 * Before all other callbacks, which may still take the transaction for theirs.
	 */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public void suspend() {
		this.suspended = true;
	}

	@Override
	public void resume() {
		this.suspended = false;
	}

	@Override
	public void afterCommit() {
		this.over = true;
	}

	@Override
	public void afterCompletion(int status) {
		this.over = true;
		TransactionSynchronizationManager.unbindResource(this.transaction);
		if (status == STATUS_UNKNOWN && !this.sent && !(this.statements.isEmpty() && this.actions.isEmpty())) {
			new CallersTransaction(this.dataSource).rollBack();
		}
	}

}
