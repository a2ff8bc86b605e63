package io.github.resiliencestarter;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.github.resiliencestarter.idempotency.Idempotent;
import io.github.resiliencestarter.jdbc.TestDatabase;
import io.github.resiliencestarter.outbox.Outbox;
import io.github.resiliencestarter.outbox.OutboxHandler;
import io.github.resiliencestarter.outbox.OutboxMessage;
import io.github.resiliencestarter.outbox.OutboxOperations;
import io.github.resiliencestarter.throttle.Throttled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A pool whose connections do not commit by themselves, as many applications with JPA
 * have it, rolls back whatever nobody has committed.
 */
class ManualCommitTests {

	@ParameterizedTest
	@EnumSource
	void whatIsDoneStaysDone(TestDatabase server) throws Exception {
		String url = server.createDatabase();
		List<String> replies;
		try (ConfigurableApplicationContext first = start(server, url)) {
			Desk desk = first.getBean(Desk.class);
			assertThat(desk.mayAsk()).isTrue();
			if (server != TestDatabase.H2) {
				await().until(() -> count(first, "resilience_throttle") == 1);
			}
			replies = List.of(desk.place("ann"), desk.reserve("ann"));
			Deliveries deliveries = first.getBean(Deliveries.class);
			assertThat(List.of(deliveries.next(), deliveries.next())).containsExactlyInAnyOrder("placed", "reserved");
			publish(first, "hopeless");
			await().until(() -> first.getBean(OutboxOperations.class).dead(null, 10).size() == 1);
			await().until(() -> pending(first) == 0);
			first.getBean(OutboxOperations.class).discard(deliveries.hopeless.get(0).id());
		}
		try (ConfigurableApplicationContext second = start(server, url)) {
			Desk desk = second.getBean(Desk.class);
			assertThat(List.of(desk.place("ann"), desk.reserve("ann"))).isEqualTo(replies);
			assertThat(second.getBean(OutboxOperations.class).dead(null, 10)).isEmpty();
			publish(second, "last");
			Deliveries deliveries = second.getBean(Deliveries.class);
			assertThat(deliveries.next()).isEqualTo("last");
			await().until(() -> pending(second) == 0);
			assertThat(deliveries.all).isEmpty();
		}
	}

	private static void publish(ConfigurableApplicationContext application, String text) {
		new TransactionTemplate(application.getBean(PlatformTransactionManager.class))
			.executeWithoutResult((status) -> application.getBean(Outbox.class).publish(new Note(text)));
	}

	private static long pending(ConfigurableApplicationContext application) {
		return count(application, "resilience_outbox") + count(application, "resilience_outbox_later");
	}

	private static long count(ConfigurableApplicationContext application, String table) {
		return application.getBean(JdbcClient.class).sql("SELECT COUNT(*) FROM " + table).query(Long.class).single();
	}

	private static ConfigurableApplicationContext start(TestDatabase server, String url) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.properties("spring.datasource.url=" + url, "spring.datasource.username=" + server.username(),
					"spring.datasource.password=" + server.password(), "spring.datasource.hikari.auto-commit=false",
					"resilience.jdbc.initialize-schema=always", "resilience.outbox.lease=1h",
					"resilience.outbox.poll-interval=20ms", "resilience.outbox.defaults.max-attempts=2",
					"resilience.outbox.defaults.initial-backoff=1ms", "spring.main.banner-mode=off")
			.run();
	}

	record Note(String text) {
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Desk.class, Deliveries.class })
	static class Application {

	}

	static class Desk {

		private final Outbox outbox;

		private final PlatformTransactionManager transactions;

		Desk(Outbox outbox, PlatformTransactionManager transactions) {
			this.outbox = outbox;
			this.transactions = transactions;
		}

		@Idempotent(key = "#name", operation = "place")
		public String place(String name) {
			return publish("placed");
		}

		@Idempotent(key = "#name", operation = "reserve", mode = Idempotent.Mode.LEASED)
		public String reserve(String name) {
			return publish("reserved");
		}

		@Throttled(rate = "1000000/s", scope = Throttled.Scope.CLUSTER)
		public boolean mayAsk() {
			return true;
		}

		private String publish(String text) {
			new TransactionTemplate(this.transactions)
				.executeWithoutResult((status) -> this.outbox.publish(new Note(text)));
			return text + " " + UUID.randomUUID();
		}

	}

	static class Deliveries {

		private final BlockingQueue<String> all = new LinkedBlockingQueue<>();

		private final List<OutboxMessage> hopeless = new ArrayList<>();

		@OutboxHandler
		void deliver(Note note, OutboxMessage message) {
			if (note.text().equals("hopeless")) {
				this.hopeless.add(message);
				throw new IllegalStateException(note.text());
			}
			this.all.add(note.text());
		}

		String next() throws InterruptedException {
			String next = this.all.poll(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
			assertThat(next).as("the next delivery").isNotNull();
			return next;
		}

	}

}
