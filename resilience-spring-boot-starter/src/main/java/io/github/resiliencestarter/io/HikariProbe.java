package io.github.resiliencestarter.io;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfigMXBean;
import com.zaxxer.hikari.HikariDataSource;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.boot.jdbc.EmbeddedDatabaseConnection;

/**
 * Looks at connection pools and at the drivers below them. A database inside the process
 * cannot fall silent.
 */
final class HikariProbe implements IoProbe {

	private final ListableBeanFactory beans;

	HikariProbe(ListableBeanFactory beans) {
		this.beans = beans;
	}

	@Override
	public Stream<IoClient> clients() {
		Map<String, DataSource> dataSources = this.beans.getBeansOfType(DataSource.class, false, false);
		return dataSources.entrySet().stream().flatMap((bean) -> pool(bean.getKey(), bean.getValue()));
	}

	private static Stream<IoClient> pool(String name, DataSource dataSource) {
		HikariDataSource pool = DataSourceUnwrapper.unwrap(dataSource, HikariConfigMXBean.class,
				HikariDataSource.class);
		if (pool == null || pool.getJdbcUrl() == null) {
			return Stream.empty();
		}
		if (EmbeddedDatabaseConnection.isEmbedded(pool.getDriverClassName(), pool.getJdbcUrl())) {
			return Stream.of(new IoClient(title(name), null, null, null, IoClient.Verdict.BOUNDED, null));
		}
		return JdbcDriver.of(pool.getJdbcUrl()).map((driver) -> client(name, driver, pool)).stream();
	}

	private static String title(String name) {
		return "DataSource '" + name + "'";
	}

	private static IoClient client(String name, JdbcDriver driver, HikariDataSource pool) {
		Duration connect = driver.timeout(driver.connectTimeout(), pool.getJdbcUrl(), pool.getDataSourceProperties());
		Duration read = driver.timeout(driver.readTimeout(), pool.getJdbcUrl(), pool.getDataSourceProperties());
		Duration keepAlive = Duration.ofMillis(pool.getKeepaliveTime());
		String prefix = "spring.datasource.hikari.data-source-properties.";
		return IoClient.of(title(name), Durations.print(connect), Durations.print(read), Durations.print(keepAlive),
				prefix + driver.connectTimeout() + " and " + prefix + driver.readTimeout()
						+ " before the pool is started, or both in its JDBC URL");
	}

}
