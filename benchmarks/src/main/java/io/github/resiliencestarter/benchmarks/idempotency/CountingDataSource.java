package io.github.resiliencestarter.benchmarks.idempotency;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import io.github.resiliencestarter.benchmarks.idempotency.IdempotencyFigures.Cost;

import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Counts the statements, transactions and commits of all its connections.
 */
final class CountingDataSource extends DelegatingDataSource {

	private static final AtomicInteger STATEMENTS = new AtomicInteger();

	private static final AtomicInteger TRANSACTIONS = new AtomicInteger();

	private static final AtomicInteger COMMITS = new AtomicInteger();

	CountingDataSource(DataSource target) {
		super(target);
	}

	static Count count() {
		return new Count(STATEMENTS.get(), TRANSACTIONS.get(), COMMITS.get());
	}

	@Override
	public Connection getConnection() throws SQLException {
		return counting(super.getConnection(), Connection.class);
	}

	private static <T> T counting(T target, Class<T> type) {
		return type
			.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, (proxy, method, arguments) -> {
				if (method.getName().startsWith("execute")) {
					STATEMENTS.incrementAndGet();
				}
				else if (method.getName().equals("setAutoCommit") && Boolean.FALSE.equals(arguments[0])) {
					TRANSACTIONS.incrementAndGet();
				}
				else if (method.getName().equals("commit")) {
					COMMITS.incrementAndGet();
				}
				try {
					return wrapped(method.invoke(target, arguments));
				}
				catch (InvocationTargetException ex) {
					throw ex.getTargetException();
				}
			}));
	}

	private static Object wrapped(Object result) {
		if (result instanceof CallableStatement) {
			return result;
		}
		if (result instanceof PreparedStatement statement) {
			return counting(statement, PreparedStatement.class);
		}
		return (result instanceof Statement statement) ? counting(statement, Statement.class) : result;
	}

	/**
	 * What all connections were asked for.
	 *
	 * @param statements how many statements
	 * @param transactions how many transactions
	 * @param commits how many commits
	 */
	record Count(int statements, int transactions, int commits) {

		static final Count NONE = new Count(0, 0, 0);

		Count plus(Count other) {
			return new Count(this.statements + other.statements, this.transactions + other.transactions,
					this.commits + other.commits);
		}

		Count since(Count before) {
			return new Count(this.statements - before.statements, this.transactions - before.transactions,
					this.commits - before.commits);
		}

		Cost each(int calls) {
			return new Cost((double) this.statements / calls, (double) this.transactions / calls,
					(double) this.commits / calls);
		}

	}

}
