package io.github.resiliencestarter.benchmarks.outbox;

import java.util.stream.Stream;

import io.github.resiliencestarter.benchmarks.LibraryUnderTest;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.LifecycleProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * An application with one library, on a database of its own.
 */
abstract class OutboxLibrary {

	/**
	 * Set to {@code false} for an application that publishes only.
	 */
	static final String DELIVERS = "benchmarks.delivers";

	private final String autoConfigurations;

	private final Class<?> application;

	private final String[] properties;

	private ConfigurableApplicationContext context;

	OutboxLibrary(String autoConfigurations, Class<?> application, String... properties) {
		this.autoConfigurations = autoConfigurations;
		this.application = application;
		this.properties = properties;
	}

	final void open(String url, boolean delivers) {
		Stream<String> common = Stream.of("spring.datasource.url=" + url, "spring.datasource.username=postgres",
				"spring.datasource.password=postgres", "spring.datasource.hikari.maximum-pool-size=20",
				DELIVERS + "=" + delivers);
		this.context = LibraryUnderTest.start(this.autoConfigurations, this.application,
				Stream.concat(common, Stream.of(this.properties)).toArray(String[]::new));
	}

	final void close() {
		this.context.close();
	}

	final <T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	final ApplicationEventPublisher events() {
		return this.context;
	}

	final TransactionTemplate transaction() {
		return bean(TransactionTemplate.class);
	}

	final JdbcTemplate jdbc() {
		return bean(JdbcTemplate.class);
	}

	/**
	 * Publish in the current transaction.
	 */
	abstract void publish(OrderPlaced order);

	/**
	 * Return the query that counts what is not yet delivered and acknowledged.
	 */
	abstract String pending();

	/**
	 * Whether the backlog waits in memory of the very application that published it,
	 * until the handler is let go.
	 */
	boolean deliversOnlyWhatItPublished() {
		return false;
	}

	/**
	 * What all applications have.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Base {

		/**
		 * An application that publishes only starts none of its {@code Lifecycle} beans.
		 */
		@Bean
		@ConditionalOnProperty(name = DELIVERS, havingValue = "false")
		static LifecycleProcessor lifecycleProcessor() {
			return new LifecycleProcessor() {

				@Override
				public void onRefresh() {
				}

				@Override
				public void onClose() {
				}

				@Override
				public void start() {
				}

				@Override
				public void stop() {
				}

				@Override
				public boolean isRunning() {
					return false;
				}

			};
		}

	}

}
