package io.github.resiliencestarter.io;

import java.time.Duration;
import java.util.Properties;

import com.zaxxer.hikari.HikariDataSource;

import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Gives the drivers below connection pools their time-outs, as long as the pool has not
 * started.
 */
final class HikariTimeouts implements BeanPostProcessor {

	private final IoProperties properties;

	HikariTimeouts(IoProperties properties) {
		this.properties = properties;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof HikariDataSource pool && pool.getHikariPoolMXBean() == null) {
			String url = pool.getJdbcUrl();
			JdbcDriver.of(url).ifPresent((driver) -> limit(driver, url, pool.getDataSourceProperties()));
		}
		return bean;
	}

	private void limit(JdbcDriver driver, String url, Properties driverProperties) {
		setTimeout(driver, driver.connectTimeout(), this.properties.connectTimeout(), url, driverProperties);
		setTimeout(driver, driver.readTimeout(), this.properties.databaseReadTimeout(), url, driverProperties);
		if (JdbcDriver.value(JdbcDriver.TCP_KEEP_ALIVE, url, driverProperties) == null) {
			driverProperties.setProperty(JdbcDriver.TCP_KEEP_ALIVE, "true");
		}
	}

	private static void setTimeout(JdbcDriver driver, String name, Duration timeout, String url,
			Properties driverProperties) {
		if (JdbcDriver.value(name, url, driverProperties) == null) {
			driverProperties.setProperty(name, driver.format(timeout));
		}
	}

}
