package io.github.resiliencestarter.idempotency;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Counts what its connections are asked to do.
 */
final class CountingDataSource extends DelegatingDataSource {

	private final AtomicInteger statements = new AtomicInteger();

	private final AtomicInteger transactions = new AtomicInteger();

	CountingDataSource(DataSource target) {
		super(target);
	}

	Count count() {
		return new Count(this.statements.get(), this.transactions.get());
	}

	@Override
	public Connection getConnection() throws SQLException {
		return counting(super.getConnection(), Connection.class);
	}

	private <T> T counting(T target, Class<T> type) {
		return type
			.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, (proxy, method, arguments) -> {
				if (method.getName().startsWith("execute")) {
					this.statements.incrementAndGet();
				}
				else if (method.getName().equals("setAutoCommit") && Boolean.FALSE.equals(arguments[0])) {
					this.transactions.incrementAndGet();
				}
				try {
					return wrapped(method.invoke(target, arguments));
				}
				catch (InvocationTargetException ex) {
					throw ex.getTargetException();
				}
			}));
	}

	private Object wrapped(Object result) {
		if (result instanceof PreparedStatement statement) {
			return counting(statement, PreparedStatement.class);
		}
		return (result instanceof Statement statement) ? counting(statement, Statement.class) : result;
	}

	record Count(int statements, int transactions) {

		Count since(Count before) {
			return new Count(this.statements - before.statements, this.transactions - before.transactions);
		}

	}

}
