package io.github.resiliencestarter.actuate;

import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementContextAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.jdbc.ResilienceJdbcAutoConfiguration;
import io.github.resiliencestarter.outbox.Outbox;
import io.github.resiliencestarter.outbox.OutboxAutoConfiguration;
import io.github.resiliencestarter.outbox.OutboxHandler;
import io.github.resiliencestarter.outbox.jdbc.JdbcOutboxAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link OutboxEndpoint}: what operators see and do, over the web layer.
 */
class OutboxEndpointTests {

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, JacksonAutoConfiguration.class,
				DataSourceAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class,
				TransactionAutoConfiguration.class, ResilienceJdbcAutoConfiguration.class,
				JdbcOutboxAutoConfiguration.class, OutboxAutoConfiguration.class, OutboxActuatorAutoConfiguration.class,
				EndpointAutoConfiguration.class, WebEndpointAutoConfiguration.class,
				ManagementContextAutoConfiguration.class, DispatcherServletAutoConfiguration.class,
				WebMvcAutoConfiguration.class))
		.withBean(Letters.class)
		.withPropertyValues("spring.datasource.generate-unique-name=true",
				"management.endpoints.web.exposure.include=*", "resilience.outbox.shards=4",
				"resilience.outbox.poll-interval=50ms", "resilience.outbox.lease=1h");

	@Test
	void aDeadMessageIsListedAndDeliveredAgainWithoutABody() {
		this.runner.run((context) -> {
			MockMvcTester http = MockMvcTester.from(context);
			String id = publish(context);
			await().untilAsserted(() -> assertThat(http.get().uri("/actuator/outbox/dead")).bodyJson()
				.extractingPath("$[0]")
				.asMap()
				.containsEntry("id", id)
				.containsEntry("handler", "letters")
				.containsEntry("attempts", 1)
				.containsKeys("type", "lastError", "deadAt")
				.doesNotContainKey("key"));
			context.getBean(Letters.class).mends();
			assertThat(http.post().uri("/actuator/outbox/dead/" + id)).hasStatus(204);
			await().untilAsserted(() -> assertThat(http.get().uri("/actuator/outbox")).bodyJson().isLenientlyEqualTo("""
					{"pending":0,"scheduled":0,"dead":0,"handlers":{"letters":{"delivered":1,"dead":1}}}"""));
		});
	}

	@Test
	void aDeadMessageIsDiscarded() {
		this.runner.run((context) -> {
			MockMvcTester http = MockMvcTester.from(context);
			String id = publish(context);
			await().untilAsserted(() -> assertThat(http.get().uri("/actuator/outbox")).bodyJson()
				.extractingPath("$.dead")
				.isEqualTo(1));
			assertThat(http.delete().uri("/actuator/outbox/dead/" + id)).hasStatus(204);
			assertThat(http.delete().uri("/actuator/outbox/dead/" + id)).hasStatus(404);
			assertThat(http.get().uri("/actuator/outbox/dead")).bodyJson().isStrictlyEqualTo("[]");
		});
	}

	@Test
	void whatIsNotThereIsNotFound() {
		this.runner.run((context) -> {
			MockMvcTester http = MockMvcTester.from(context);
			assertThat(http.post().uri("/actuator/outbox/dead/0a6e2f1e-0000-4000-8000-000000000000")).hasStatus(404);
			assertThat(http.post().uri("/actuator/outbox/dead/not-an-id")).hasStatus(404);
			assertThat(http.post().uri("/actuator/outbox/handlers/nobody/pause")).hasStatus(404);
			assertThat(http.post().uri("/actuator/outbox/handlers/letters/burn")).hasStatus(404);
			assertThat(http.get().uri("/actuator/outbox/alive")).hasStatus(404);
		});
	}

	private static String publish(ApplicationContext context) {
		TransactionTemplate transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
		return transaction.execute((status) -> context.getBean(Outbox.class).publish(new Letter("Ann")));
	}

	record Letter(String to) {

	}

	static class Letters {

		private final AtomicBoolean broken = new AtomicBoolean(true);

		void mends() {
			this.broken.set(false);
		}

		@OutboxHandler(value = "letters", maxAttempts = "1")
		void send(Letter letter) {
			if (this.broken.get()) {
				throw new IllegalStateException("no stamps");
			}
		}

	}

}
