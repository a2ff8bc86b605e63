package io.github.resiliencestarter.benchmarks.idempotency;

import java.util.stream.Stream;

import javax.sql.DataSource;

import io.github.resiliencestarter.benchmarks.LibraryUnderTest;
import io.github.resiliencestarter.benchmarks.idempotency.Orders.Request;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * An application with one library, on a database of its own.
 */
abstract class IdempotencyLibrary {

	private static final String COUNTS = "benchmarks.counts";

	private final String autoConfigurations;

	private final Class<?> application;

	private final String[] properties;

	private ConfigurableApplicationContext context;

	IdempotencyLibrary(String autoConfigurations, Class<?> application, String... properties) {
		this.autoConfigurations = autoConfigurations;
		this.application = application;
		this.properties = properties;
	}

	/**
	 * Start the application.
	 * @param url its database
	 * @param counts whether statements are counted, which makes them slower
	 */
	final void open(String url, boolean counts) {
		Stream<String> common = Stream.of("spring.datasource.url=" + url, "spring.datasource.username=postgres",
				"spring.datasource.password=postgres", COUNTS + "=" + counts);
		this.context = LibraryUnderTest.start(this.autoConfigurations, this.application,
				Stream.concat(common, Stream.of(this.properties)).toArray(String[]::new));
	}

	final void close() {
		this.context.close();
	}

	final <T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	final void placeUnprotected(Request request) {
		Orders orders = bean(Orders.class);
		bean(TransactionTemplate.class).executeWithoutResult((status) -> orders.place(request));
	}

	/**
	 * Place an order once for each key.
	 */
	abstract void place(String key, Request request) throws Exception;

	/**
	 * What all applications have.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Orders.class)
	static class Base {

		@Bean
		@ConditionalOnProperty(name = COUNTS, havingValue = "true")
		static BeanPostProcessor countingDataSources() {
			return new BeanPostProcessor() {

				@Override
				public Object postProcessAfterInitialization(Object bean, String beanName) {
					return (bean instanceof DataSource dataSource) ? new CountingDataSource(dataSource) : bean;
				}

			};
		}

	}

}
