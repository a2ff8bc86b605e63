package io.github.resiliencestarter.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.sql.DataSource;

import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Looks whether PostgreSQL's driver is in a transaction when its connection is to commit,
 * and what was prepared before.
 */
public final class WatchedCommits extends DelegatingDataSource {

	private final List<TransactionState> states = new CopyOnWriteArrayList<>();

	private final List<String> prepared = new CopyOnWriteArrayList<>();

	public WatchedCommits(DataSource target) {
		super(target);
	}

	List<TransactionState> states() {
		return this.states;
	}

	/**
	 * Return the statements of all connections, in the order in which they were prepared.
	 */
	public List<String> prepared() {
		return this.prepared;
	}

	@Override
	public Connection getConnection() throws SQLException {
		Connection connection = super.getConnection();
		return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Connection.class },
				(proxy, method, arguments) -> {
					if (method.getName().equals("commit")) {
						this.states.add(connection.unwrap(BaseConnection.class).getTransactionState());
					}
					else if (method.getName().equals("prepareStatement")) {
						this.prepared.add((String) arguments[0]);
					}
					try {
						return method.invoke(connection, arguments);
					}
					catch (InvocationTargetException ex) {
						throw ex.getCause();
					}
				});
	}

}
