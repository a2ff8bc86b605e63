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

import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Counts the statements and the commits of all its connections.
 */
final class CountingDataSource extends DelegatingDataSource {

	private static final AtomicInteger STATEMENTS = new AtomicInteger();

	private static final AtomicInteger COMMITS = new AtomicInteger();

	CountingDataSource(DataSource target) {
		super(target);
	}

	static int statements() {
		return STATEMENTS.get();
	}

	static int commits() {
		return COMMITS.get();
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

}
