package io.github.resiliencestarter.jdbc;

import javax.sql.DataSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;

/**
 * Provides transactions with tails where that is possible: with PostgreSQL's own driver,
 * which sends several statements in one exchange and keeps track of the transaction by
 * what the server says, and with a transaction manager whose commit is the connection's.
 * JPA's still has statements of its own to send.
 */
final class TransactionTails implements SmartInitializingSingleton {

	private static final String DRIVER = "PostgreSQL JDBC Driver";

	private final ResilienceDatabase database;

	private final ObjectProvider<DataSourceTransactionManager> managers;

	TransactionTails(ResilienceDatabase database, ObjectProvider<DataSourceTransactionManager> managers) {
		this.database = database;
		this.managers = managers;
	}

	/**
	 * Comes after all other listeners have been added.
	 */
	@Override
	public void afterSingletonsInstantiated() {
		DataSource dataSource = CallersTransaction.target(this.database.dataSource());
		if (this.database.dialect() == SqlDialect.POSTGRESQL && DRIVER.equals(driver(dataSource))) {
			this.managers.stream()
				.filter((manager) -> manager.getDataSource() == dataSource)
				.forEach((manager) -> TailListener.listenTo(manager, dataSource));
		}
	}

	private static String driver(DataSource dataSource) {
		try {
			return JdbcUtils.extractDatabaseMetaData(dataSource, (metaData) -> metaData.getDriverName());
		}
		catch (MetaDataAccessException ex) {
			throw new IllegalStateException("The database cannot be asked for its driver: " + ex.getMessage(), ex);
		}
	}

}
