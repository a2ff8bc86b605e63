package io.github.resiliencestarter.outbox;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import com.zaxxer.hikari.HikariDataSource;
import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of how handlers are called: how many at once, with what they must not hold, and
 * what their failures mean to others.
 */
class HandlerRulesTests {

	private static final List<String> calls = new CopyOnWriteArrayList<>();

	private static final AtomicInteger mostAtOnce = new AtomicInteger();

	private static volatile Semaphore gate = new Semaphore(0);

	private static volatile boolean failing;

	@BeforeEach
	void forget() {
		calls.clear();
		mostAtOnce.set(0);
		gate = new Semaphore(0);
		failing = true;
	}

	@Test
	void aFailingMessageLetsItsKeyPassWhereThatIsTheRule() {
		try (OutboxApplication app = start(TestDatabase.H2, "resilience.outbox.handlers.frail.on-key-failure=skip",
				"resilience.outbox.handlers.frail.initial-backoff=" + OutboxApplication.FOR_EVER)) {
			publishFrail(app);
			await().until(() -> calls.size() == 3);
			assertThat(calls).containsExactly("1", "2", "3");
			await().until(() -> app.figures().scheduled() == 1);
		}
	}

	@Test
	void aFailingMessageBlocksItsKeyWhereNothingElseIsSaid() {
		try (OutboxApplication app = start(TestDatabase.H2,
				"resilience.outbox.handlers.frail.initial-backoff=" + OutboxApplication.FOR_EVER)) {
			publishFrail(app);
			await().until(() -> app.figures().scheduled() == 3);
			// another key passes, and is in the same shard behind them
			app.inTransaction(() -> app.outbox().message(new Frail("other")).key("other").publish());
			await().until(() -> calls.contains("other"));
			assertThat(calls).containsExactly("1", "other");
			failing = false;
			app.jdbc().sql("UPDATE resilience_outbox_later SET due = 0").update();
			await().until(() -> calls.size() == 5);
			assertThat(calls).containsExactly("1", "other", "1", "2", "3");
		}
	}

	private static void publishFrail(OutboxApplication app) {
		app.inTransaction(() -> IntStream.rangeClosed(1, 3)
			.forEach((number) -> app.outbox().message(new Frail(Integer.toString(number))).key("k").publish()));
	}

	@Test
	void anErrorIsCountedAlsoWhenTheInstanceEndsAfterIt() {
		String url = TestDatabase.H2.createDatabase();
		String[] settings = { "resilience.outbox.handlers.broken.initial-backoff=" + OutboxApplication.FOR_EVER,
				"resilience.outbox.shards=1" };
		for (int instance = 1; instance <= 3; instance++) {
			int attempt = instance;
			if (instance > 1) {
				endBackOff(url);
			}
			try (OutboxApplication app = OutboxApplication.start(TestDatabase.H2, url, Handlers.class, settings)) {
				if (instance == 1) {
					app.inTransaction(() -> app.outbox().publish(new Broken("b")));
				}
				await().until(() -> calls.size() == attempt);
				assertThat(calls.get(attempt - 1)).isEqualTo("b" + attempt);
				if (instance == 3) {
					await().untilAsserted(
							() -> assertThat(app.bean(OutboxOperations.class).dead("broken", 1)).singleElement()
								.satisfies((dead) -> {
									assertThat(dead.attempts()).isEqualTo(3);
									assertThat(dead.lastError()).contains("NoClassDefFoundError");
								}));
				}
			}
		}
	}

	/**
	 * While no instance is running, or it would depend on the moment how often the
	 * message comes.
	 */
	private static void endBackOff(String url) {
		try (HikariDataSource dataSource = TestDatabase.H2.createDataSource(url)) {
			int waiting = JdbcClient.create(dataSource).sql("UPDATE resilience_outbox_later SET due = 0").update();
			assertThat(waiting).isOne();
		}
	}

	@Test
	void aHandlerRunsAsOftenAtOnceAsItMayAndHoldsUpNoOther() {
		try (OutboxApplication app = start(TestDatabase.H2)) {
			app.inTransaction(() -> IntStream.range(0, 30).forEach((number) -> app.outbox().publish(new Slow(number))));
			await().until(() -> gate.getQueueLength() == 3);
			failing = false;
			app.inTransaction(() -> app.outbox().publish(new Frail("meanwhile")));
			await().until(() -> calls.contains("meanwhile"));
			assertThat(gate.getQueueLength()).isEqualTo(3);
			gate.release(30);
			await().until(() -> app.bean(OutboxOperations.class).handlers().get("slow").delivered() == 30);
			assertThat(mostAtOnce).hasValue(3);
		}
	}

	/**
	 * While handlers run, all connections are the application's.
	 */
	@ParameterizedTest
	@CsvSource({ "H2,1", "POSTGRESQL,1", "POSTGRESQL,2", "MARIADB,1", "MARIADB,2" })
	void noConnectionIsHeldWhileHandlersRun(TestDatabase server, int connections) {
		try (OutboxApplication app = start(server, "spring.datasource.hikari.maximum-pool-size=" + connections)) {
			app.inTransaction(() -> IntStream.range(0, 5).forEach((number) -> app.outbox().publish(new Slow(number))));
			await().until(() -> gate.getQueueLength() == 3);
			HikariDataSource pool = app.bean(HikariDataSource.class);
			await().until(() -> pool.getHikariPoolMXBean().getActiveConnections() == 0);
			app.inTransaction(() -> app.outbox().publish(new Slow(5)));
			gate.release(6);
			await().until(() -> app.bean(OutboxOperations.class).handlers().get("slow").delivered() == 6);
			await().until(() -> app.figures().pending() == 0);
		}
	}

	private static OutboxApplication start(TestDatabase server, String... properties) {
		String[] all = Arrays.copyOf(properties, properties.length + 1);
		all[properties.length] = "resilience.outbox.shards=1";
		return OutboxApplication.start(server, server.createDatabase(), Handlers.class, all);
	}

	record Frail(String text) {

	}

	record Broken(String text) {

	}

	record Slow(int number) {

	}

	static class Handlers {

		private final AtomicInteger atOnce = new AtomicInteger();

		@OutboxHandler("frail")
		void on(Frail message) {
			calls.add(message.text());
			if (failing && message.text().equals("1")) {
				throw new IllegalStateException("not yet");
			}
		}

		@OutboxHandler(value = "broken", maxAttempts = "3")
		void on(Broken message, OutboxMessage meta) {
			calls.add(message.text() + meta.attempt());
			throw new NoClassDefFoundError("gone");
		}

		@OutboxHandler(value = "slow", concurrency = "3")
		void on(Slow message) throws InterruptedException {
			int now = this.atOnce.incrementAndGet();
			mostAtOnce.accumulateAndGet(now, Math::max);
			gate.acquire();
			this.atOnce.decrementAndGet();
		}

	}

}
