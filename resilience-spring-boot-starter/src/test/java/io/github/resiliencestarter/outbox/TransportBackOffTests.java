package io.github.resiliencestarter.outbox;

import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.jdbc.ResilienceJdbcAutoConfiguration;
import io.github.resiliencestarter.outbox.jdbc.JdbcOutboxAutoConfiguration;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.mail.autoconfigure.MailSenderAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that each transport is there only with its library, and the outbox without any.
 */
class TransportBackOffTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, JacksonAutoConfiguration.class,
				DataSourceAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class,
				TransactionAutoConfiguration.class, ResilienceJdbcAutoConfiguration.class,
				JdbcOutboxAutoConfiguration.class, OutboxAutoConfiguration.class, MailSenderAutoConfiguration.class,
				OutboxEmailAutoConfiguration.class, RestClientAutoConfiguration.class,
				OutboxWebhookAutoConfiguration.class))
		.withPropertyValues("spring.datasource.generate-unique-name=true", "spring.mail.host=127.0.0.1");

	@Test
	void withTheirLibrariesBothAreThere() {
		this.runner.run(
				(context) -> assertThat(context).hasSingleBean(EmailHandler.class).hasSingleBean(WebhookHandler.class));
	}

	@Test
	void withoutAMailLibraryThereAreNoEmails() {
		this.runner.withClassLoader(new FilteredClassLoader(JavaMailSender.class, jakarta.mail.Session.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(Outbox.class)
				.doesNotHaveBean("outboxEmailHandler")
				.hasSingleBean(WebhookHandler.class));
	}

	@Test
	void withoutARestClientThereAreNoWebhooks() {
		this.runner.withClassLoader(new FilteredClassLoader(RestClient.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(Outbox.class)
				.doesNotHaveBean("outboxWebhookHandler")
				.hasSingleBean(EmailHandler.class));
	}

}
