package io.github.resiliencestarter;

import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.HikariDataSource;
import io.github.resiliencestarter.idempotency.Idempotent;
import io.github.resiliencestarter.jdbc.TestDatabase;
import io.github.resiliencestarter.jdbc.WatchedCommits;
import io.github.resiliencestarter.outbox.Outbox;
import io.github.resiliencestarter.outbox.OutboxHandler;
import io.github.resiliencestarter.outbox.OutboxMessage;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Messages that are published within idempotent calls, on every database.
 */
class IdempotentOutboxTests {

	@ParameterizedTest
	@EnumSource
	void aMessageSharesTheFateOfItsCallAndSaysWhereItComesFrom(TestDatabase server) throws Exception {
		try (ConfigurableApplicationContext application = start(server)) {
			Desk desk = application.getBean(Desk.class);
			assertThatIllegalStateException().isThrownBy(() -> desk.place("ann@example.org", "broken"));
			assertThatExceptionOfType(SoldOut.class).isThrownBy(() -> desk.place("bob@example.org", "sold out"));
			desk.place("ann@example.org", "book");
			desk.place("ann@example.org", "book");
			Delivery only = application.getBean(Deliveries.class).next();
			assertThat(only.payload()).isEqualTo(new Placed("book"));
			assertThat(only.message().headers()).containsKey(OutboxMessage.IDEMPOTENCY_ORIGIN);
			assertThat(stored(application)).contains(only.message().headers().get("idempotency-origin"));
			publish(application, "later");
			Delivery next = application.getBean(Deliveries.class).next();
			assertThat(next.payload()).isEqualTo(new Placed("later"));
			assertThat(next.message().headers()).doesNotContainKey(OutboxMessage.IDEMPOTENCY_ORIGIN);
		}
	}

	@Test
	void replyMessagesAndCommitAreOneExchangeOnPostgres() throws Exception {
		try (HikariDataSource pool = TestDatabase.POSTGRESQL.createDataSource();
				ConfigurableApplicationContext application = new SpringApplicationBuilder(Application.class)
					.web(WebApplicationType.NONE)
					.registerShutdownHook(false)
					.initializers((context) -> ((GenericApplicationContext) context).registerBean("dataSource",
							WatchedCommits.class, () -> new WatchedCommits(pool)))
					.properties("resilience.jdbc.initialize-schema=always", "spring.main.banner-mode=off")
					.run()) {
			application.getBean(Desk.class).place("ann@example.org", "book");
			assertThat(application.getBean(Deliveries.class).next().payload()).isEqualTo(new Placed("book"));
			assertThat(application.getBean(WatchedCommits.class)
				.prepared()
				.stream()
				.filter((sql) -> sql.endsWith(";COMMIT"))).singleElement(InstanceOfAssertFactories.STRING)
				.contains("INTO resilience_idempotency", "INTO resilience_outbox");
		}
	}

	private static List<String> stored(ConfigurableApplicationContext application) {
		return application.getBean(JdbcClient.class)
			.sql("SELECT id FROM resilience_idempotency")
			.query((row, number) -> "place/" + HexFormat.of().formatHex(row.getBytes(1)))
			.list();
	}

	private static void publish(ConfigurableApplicationContext application, String sku) {
		new TransactionTemplate(application.getBean(PlatformTransactionManager.class))
			.executeWithoutResult((status) -> application.getBean(Outbox.class).publish(new Placed(sku)));
	}

	private static ConfigurableApplicationContext start(TestDatabase server) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.properties("spring.datasource.url=" + server.createDatabase(),
					"spring.datasource.username=" + server.username(),
					"spring.datasource.password=" + server.password(), "resilience.jdbc.initialize-schema=always",
					"resilience.outbox.lease=1h", "spring.main.banner-mode=off")
			.run();
	}

	record Placed(String sku) {
	}

	record Delivery(Placed payload, OutboxMessage message) {
	}

	@SuppressWarnings("serial")
	static class SoldOut extends RuntimeException {

		SoldOut(String message) {
			super(message);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Desk.class, Deliveries.class })
	static class Application {

	}

	static class Desk {

		private final Outbox outbox;

		Desk(Outbox outbox) {
			this.outbox = outbox;
		}

		@Idempotent(key = "#email", operation = "place", rememberExceptions = SoldOut.class)
		public String place(String email, String sku) {
			this.outbox.publish(new Placed(sku));
			return switch (sku) {
				case "broken" -> throw new IllegalStateException(sku);
				case "sold out" -> throw new SoldOut(sku);
				default -> "placed " + sku;
			};
		}

	}

	static class Deliveries {

		private final BlockingQueue<Delivery> all = new LinkedBlockingQueue<>();

		@OutboxHandler
		void deliver(Placed payload, OutboxMessage message) {
			this.all.add(new Delivery(payload, message));
		}

		Delivery next() throws InterruptedException {
			Delivery next = this.all.poll(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
			assertThat(next).as("the next delivery").isNotNull();
			return next;
		}

	}

}
