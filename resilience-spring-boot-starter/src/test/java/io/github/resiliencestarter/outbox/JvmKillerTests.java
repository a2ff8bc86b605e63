package io.github.resiliencestarter.outbox;

import java.util.List;
import java.util.stream.IntStream;

import com.zaxxer.hikari.HikariDataSource;
import io.github.resiliencestarter.Patience;
import io.github.resiliencestarter.jdbc.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A message that kills every JVM that delivers it. Something starts them again, as it
 * would in a cluster.
 */
class JvmKillerTests {

	private static final int OTHERS = 20;

	@ParameterizedTest
	@EnumSource(names = "POSTGRESQL")
	void aMessageThatKillsJvmsIsIsolatedAndTheOthersAreDelivered(TestDatabase server) throws Exception {
		String url = server.createDatabase();
		String killer = publish(server, url);
		int deaths = 0;
		while (run(server, url) != 0) {
			deaths++;
			assertThat(deaths).as("deaths by one message").isLessThanOrEqualTo(Attempt.MOST_CRASHES);
			endLeases(server, url);
		}
		assertThat(deaths).isPositive();
		try (OutboxApplication app = OutboxApplication.start(server, url, Handlers.class)) {
			assertThat(app.bean(OutboxOperations.class).dead("orders", 10)).singleElement().satisfies((dead) -> {
				assertThat(dead.id()).isEqualTo(killer);
				assertThat(dead.lastError()).contains("instances died");
			});
			List<String> delivered = app.jdbc().sql("SELECT DISTINCT name FROM ledger").query(String.class).list();
			assertThat(delivered).containsExactlyInAnyOrderElementsOf(
					IntStream.range(0, OTHERS).mapToObj((number) -> "o" + number).toList());
		}
	}

	private static String publish(TestDatabase server, String url) {
		try (OutboxApplication app = OutboxApplication.start(server, url, Handlers.class)) {
			app.jdbc().sql("CREATE TABLE ledger (name VARCHAR(50) NOT NULL)").update();
			app.bean(OutboxOperations.class).pause("orders", true);
			return app.transaction().execute((status) -> {
				IntStream.range(0, OTHERS / 2).forEach((number) -> app.outbox().publish(new Order("o" + number)));
				String id = app.outbox().publish(new Order("halt"));
				IntStream.range(OTHERS / 2, OTHERS).forEach((number) -> app.outbox().publish(new Order("o" + number)));
				return id;
			});
		}
	}

	private static int run(TestDatabase server, String url) throws Exception {
		Process process = OutboxProcess.start(JvmKillerTests.class, server, url);
		try {
			return process.waitFor();
		}
		finally {
			process.destroyForcibly();
		}
	}

	/**
	 * What time would do. Leases as short as that could end in an instance that lives,
	 * and look like its death.
	 */
	private static void endLeases(TestDatabase server, String url) {
		try (HikariDataSource dataSource = server.createDataSource(url)) {
			JdbcClient jdbc = JdbcClient.create(dataSource);
			jdbc.sql("UPDATE resilience_outbox_lease SET expires_at = 1").update();
			jdbc.sql("UPDATE resilience_outbox_member SET expires_at = 1").update();
		}
	}

	/**
	 * Delivers until nothing is left.
	 */
	public static void main(String[] arguments) {
		try (OutboxApplication app = OutboxProcess.run(arguments, Handlers.class)) {
			Awaitility.setDefaultTimeout(Patience.LIMIT);
			await().until(() -> app.figures().pending() + app.figures().scheduled() == 0);
		}
	}

	record Order(String name) {

	}

	static class Handlers {

		private final JdbcClient jdbc;

		Handlers(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@OutboxHandler("orders")
		void on(Order order) {
			if (order.name().equals("halt")) {
				Runtime.getRuntime().halt(1);
			}
			this.jdbc.sql("INSERT INTO ledger (name) VALUES (?)").param(order.name()).update();
		}

	}

}
