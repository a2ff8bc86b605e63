package io.github.resiliencestarter.idempotency;

import java.util.Arrays;
import java.util.List;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;

import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionManagerCustomizationAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.ClassUtils;

import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.jdbc.ResilienceJdbcAutoConfiguration;
import io.github.resiliencestarter.jdbc.TestDatabase;

/**
 * One instance of an application: a context with a pool of its own, on a database that
 * several instances may share.
 */
public final class Instance implements AutoCloseable {

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private Instance(DataSource dataSource, List<Class<?>> beans, String... properties) {
		TestPropertyValues.of("resilience.jdbc.initialize-schema=always", "resilience.idempotency.purge-interval=0",
				// patience for a busy machine, less than that of the tests' callers
				"resilience.idempotency.defaults.max-wait=1m")
			.and(properties)
			.applyTo(this.context);
		this.context.registerBean("dataSource", DataSource.class, () -> dataSource);
		this.context.register(PropertyPlaceholderAutoConfiguration.class, JacksonAutoConfiguration.class,
				TransactionManagerCustomizationAutoConfiguration.class,
				DataSourceTransactionManagerAutoConfiguration.class, JdbcTemplateAutoConfiguration.class,
				JdbcClientAutoConfiguration.class, TransactionAutoConfiguration.class, GuardAutoConfiguration.class,
				ResilienceJdbcAutoConfiguration.class,
				ClassUtils.resolveClassName(
						"io.github.resiliencestarter.idempotency.jdbc.JdbcIdempotencyAutoConfiguration", null),
				IdempotencyAutoConfiguration.class);
		beans.forEach((bean) -> this.context.registerBean(bean));
		this.context.refresh();
	}

	public static Instance start(TestDatabase server, String url, String... properties) {
		HikariDataSource dataSource = server.createDataSource(url);
		return start(dataSource, List.of(Script.class, OrderDesk.class), properties);
	}

	public static Instance start(DataSource dataSource, List<Class<?>> beans, String... properties) {
		try (java.sql.Connection connection = dataSource.getConnection();
				java.sql.Statement statement = connection.createStatement()) {
			statement.execute("CREATE TABLE IF NOT EXISTS effects (name VARCHAR(100) NOT NULL)");
		}
		catch (java.sql.SQLException ex) {
			throw new IllegalStateException(ex);
		}
		return new Instance(dataSource, beans, properties);
	}

	public OrderDesk desk() {
		return get(OrderDesk.class);
	}

	public Script script() {
		return get(Script.class);
	}

	public <T> T get(Class<T> type) {
		return this.context.getBean(type);
	}

	public long count(String sql, Object... parameters) {
		return get(JdbcClient.class).sql(sql).params(Arrays.asList(parameters)).query(Long.class).single();
	}

	public long effects(String name) {
		return count("SELECT COUNT(*) FROM effects WHERE name = ?", name);
	}

	public long stored() {
		return count("SELECT COUNT(*) FROM resilience_idempotency");
	}

	@Override
	public void close() {
		this.context.close();
	}

}
