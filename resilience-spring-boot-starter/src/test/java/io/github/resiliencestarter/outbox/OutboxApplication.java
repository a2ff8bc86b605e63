package io.github.resiliencestarter.outbox;

import java.util.ArrayList;
import java.util.List;

import io.github.resiliencestarter.actuate.OutboxActuatorAutoConfiguration;
import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.jdbc.ResilienceJdbcAutoConfiguration;
import io.github.resiliencestarter.jdbc.TestDatabase;
import io.github.resiliencestarter.outbox.jdbc.JdbcOutboxAutoConfiguration;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.mail.autoconfigure.MailSenderAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionManagerCustomizationAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * An application with an outbox, as an instance of its users' applications would be.
 */
final class OutboxApplication implements AutoCloseable {

	/**
	 * A back-off that ends in no test. Back-offs are anything up to their limit, so an
	 * hour might as well be a second.
	 */
	static final String FOR_EVER = "36500d";

	private final ConfigurableApplicationContext context;

	private OutboxApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	static OutboxApplication start(TestDatabase server, String url, Class<?> beans, String... properties) {
		List<String> all = new ArrayList<>(List.of("spring.datasource.url=" + url,
				"spring.datasource.username=" + server.username(), "spring.datasource.password=" + server.password(),
				"spring.datasource.hikari.maximum-pool-size=12", "spring.datasource.hikari.connection-timeout=120000",
				"resilience.jdbc.initialize-schema=always", "resilience.outbox.shards=8",
				"resilience.outbox.poll-interval=50ms",
				// a busy machine may stop any thread for many seconds: that is not to end
				// a lease
				"resilience.outbox.lease=1h", "resilience.outbox.defaults.timeout=1h",
				"resilience.outbox.defaults.initial-backoff=1ms", "resilience.outbox.defaults.max-backoff=" + FOR_EVER,
				"spring.main.banner-mode=off"));
		all.addAll(List.of(properties));
		return new OutboxApplication(
				new SpringApplicationBuilder(AutoConfigurations.class, beans).web(WebApplicationType.NONE)
					.registerShutdownHook(false)
					.properties(all.toArray(String[]::new))
					.run());
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	Outbox outbox() {
		return bean(Outbox.class);
	}

	TransactionTemplate transaction() {
		return new TransactionTemplate(bean(PlatformTransactionManager.class));
	}

	void inTransaction(Runnable action) {
		transaction().executeWithoutResult((status) -> action.run());
	}

	JdbcClient jdbc() {
		return bean(JdbcClient.class);
	}

	OutboxFigures figures() {
		return bean(OutboxOperations.class).figures();
	}

	@Override
	public void close() {
		this.context.close();
	}

	@ImportAutoConfiguration({ GuardAutoConfiguration.class, JacksonAutoConfiguration.class,
			DataSourceAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class,
			TransactionManagerCustomizationAutoConfiguration.class, TransactionAutoConfiguration.class,
			JdbcTemplateAutoConfiguration.class, JdbcClientAutoConfiguration.class,
			ResilienceJdbcAutoConfiguration.class, JdbcOutboxAutoConfiguration.class, OutboxAutoConfiguration.class,
			MailSenderAutoConfiguration.class, OutboxEmailAutoConfiguration.class, RestClientAutoConfiguration.class,
			OutboxWebhookAutoConfiguration.class, OutboxActuatorAutoConfiguration.class })
	static class AutoConfigurations {

	}

}
