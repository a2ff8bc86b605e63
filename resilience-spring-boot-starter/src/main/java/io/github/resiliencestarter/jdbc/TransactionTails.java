package io.github.resiliencestarter.jdbc;

import javax.sql.DataSource;

import org.springframework.beans.BeanWrapper;
import org.springframework.beans.PropertyAccessorFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;

/**
 * Provides the database's transactions with tails, whatever their manager. Tails take
 * statements with PostgreSQL's own driver, which sends several in one exchange and keeps
 * track of the transaction by what the server says, and with a transaction manager whose
 * commit is the connection's. JPA's still has statements of its own to send.
 */
final class TransactionTails implements SmartInitializingSingleton {

	private static final String DRIVER = "PostgreSQL JDBC Driver";

	private final ResilienceDatabase database;

	private final ObjectProvider<PlatformTransactionManager> managers;

	TransactionTails(ResilienceDatabase database, ObjectProvider<PlatformTransactionManager> managers) {
		this.database = database;
		this.managers = managers;
	}

	/**
	 * Comes after all other listeners have been added.
	 */
	@Override
	public void afterSingletonsInstantiated() {
		DataSource dataSource = CallersTransaction.target(this.database.dataSource());
		boolean takesStatements = this.database.dialect() == SqlDialect.POSTGRESQL && DRIVER.equals(driver(dataSource));
		for (PlatformTransactionManager manager : this.managers) {
			if (manager instanceof ConfigurableTransactionManager configurable && manages(manager, dataSource)) {
				TailListener.listenTo(configurable, dataSource,
						takesStatements && manager instanceof DataSourceTransactionManager);
			}
		}
	}

	/**
	 * Ask as the managers for JDBC and JPA are asked, without knowing JPA's.
	 */
	private static boolean manages(PlatformTransactionManager manager, DataSource dataSource) {
		BeanWrapper properties = PropertyAccessorFactory.forBeanPropertyAccess(manager);
		return properties.isReadableProperty("dataSource") && properties.getPropertyValue("dataSource") == dataSource;
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
