package io.github.resiliencestarter.outbox;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.resiliencestarter.Wire;
import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.beans.factory.annotation.Value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests of the outbox while its database is away, or cannot be heard.
 */
class OutboxOutageTests {

	/** A busy machine may stop an instance for seconds without its losing anything. */
	private static final String LEASE = "resilience.outbox.lease=10s";

	private static final Queue<Delivered> deliveries = new ConcurrentLinkedQueue<>();

	private static final Map<String, Semaphore> gates = new ConcurrentHashMap<>();

	@BeforeEach
	void forget() {
		deliveries.clear();
		gates.clear();
	}

	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void aRestartOfTheDatabaseUnderLoadLosesNothingAndDeliversNothingTwice(TestDatabase server) throws Exception {
		String url = server.createDatabase();
		gates.put("first", new Semaphore(Integer.MAX_VALUE));
		gates.put("second", new Semaphore(Integer.MAX_VALUE));
		// only the database's own doing could make the shards change hands
		try (OutboxApplication first = start(server, url, "first", "resilience.outbox.lease=10m");
				OutboxApplication second = start(server, url, "second", "resilience.outbox.lease=10m")) {
			await().until(() -> owned(first) == 8);
			first.jdbc().sql("CREATE TABLE orders (message_id CHAR(36) PRIMARY KEY)").update();
			Producer producer = new Producer(first);
			await().until(() -> deliveries.size() > 50);
			server.stop();
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> DriverManager.getConnection(url, server.username(), server.password()));
			int before = deliveries.size();
			server.start();
			await().until(() -> deliveries.size() > before + 50);
			producer.end();
			await().untilAsserted(() -> assertThat(deliveries).extracting(Delivered::id)
				.containsExactlyInAnyOrderElementsOf(
						first.jdbc().sql("SELECT message_id FROM orders").query(String.class).list()));
			assertThat(deliveries).noneMatch(Delivered::ambiguous).allMatch((delivered) -> delivered.attempt() == 1);
			await().untilAsserted(() -> assertThat(second.figures().pending()).isZero());
			assertThat(second.figures().scheduled() + second.figures().dead()).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void whatIsDeliveredWhileTheDatabaseIsAwayIsAcknowledgedWhenItIsBack(TestDatabase server) throws Exception {
		String url = server.createDatabase();
		Semaphore gate = new Semaphore(0);
		gates.put("only", gate);
		try (Wire wire = new Wire(url);
				OutboxApplication app = start(server, wire.url(), "only", "resilience.outbox.lease=10m",
						"resilience.outbox.poll-interval=1h", "resilience.outbox.defaults.max-attempts=1")) {
			await().until(() -> owned(app) == 8);
			publish(app, 6);
			await().until(() -> gate.getQueueLength() == 4);
			wire.cut();
			// nothing but these acknowledgements makes the relay use the line
			gate.release(6);
			await().until(() -> deliveries.size() == 6);
			wire.repair();
			await().ignoreExceptions().untilAsserted(() -> assertThat(app.figures().pending()).isZero());
			assertThat(app.figures().scheduled() + app.figures().dead()).isZero();
			assertThat(app.bean(OutboxOperations.class).handlers().get("notes"))
				.isEqualTo(new HandlerCounts(6, 0, 0, 0));
			assertThat(deliveries).hasSize(6);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void anInstanceThatCannotRenewItsLeaseStopsByItselfAndTheOthersTakeOver(TestDatabase server) throws Exception {
		String url = server.createDatabase();
		Semaphore gate = new Semaphore(0);
		gates.put("deaf", gate);
		gates.put("other", new Semaphore(Integer.MAX_VALUE));
		try (Wire wire = new Wire(url);
				OutboxApplication deaf = start(server, withReadTimeout(server, wire.url()), "deaf", LEASE)) {
			await().until(() -> owned(deaf) == 8);
			String owner = String.valueOf(deaf.bean(OutboxOperations.class).leases().get(0).owner());
			publish(deaf, 40);
			await().until(() -> gate.getQueueLength() == 4);
			try (OutboxApplication other = start(server, url, "other", LEASE,
					"resilience.outbox.handlers.notes.concurrency=1")) {
				wire.swallow();
				await().until(() -> !owners(other).containsKey(owner) && owned(other) == 8);
				gate.release(40);
				await().untilAsserted(() -> assertThat(deliveries).extracting(Delivered::text)
					.containsAll(IntStream.range(0, 40).mapToObj(String::valueOf).toList()));
				await().untilAsserted(() -> assertThat(other.figures().pending()).isZero());
				assertThat(deliveries).filteredOn((delivered) -> delivered.instance().equals("deaf"))
					.as("what was under way")
					.hasSize(4);
				assertNothingComesTwiceUntold();
				wire.repair();
				await().until(() -> List.of(4L, 4L).equals(List.copyOf(owners(other).values())));
			}
			publish(deaf, 1);
			await().until(() -> deliveries.stream().filter((each) -> each.instance().equals("deaf")).count() == 5);
		}
	}

	private static String withReadTimeout(TestDatabase server, String url) {
		return (server == TestDatabase.POSTGRESQL) ? url + "&socketTimeout=30" : url + "?socketTimeout=30000";
	}

	private static void assertNothingComesTwiceUntold() {
		Map<String, Long> told = deliveries.stream()
			.filter((delivered) -> !delivered.ambiguous())
			.collect(Collectors.groupingBy(Delivered::id, Collectors.counting()));
		assertThat(told.values()).containsOnly(1L);
	}

	private static OutboxApplication start(TestDatabase server, String url, String instance, String... properties) {
		String[] all = Arrays.copyOf(properties, properties.length + 2);
		all[properties.length] = "instance=" + instance;
		// what tries to connect while nobody answers does so for as long
		all[properties.length + 1] = "spring.datasource.hikari.connection-timeout=10000";
		return OutboxApplication.start(server, url, Notes.class, all);
	}

	private static void publish(OutboxApplication app, int count) {
		app.inTransaction(() -> IntStream.range(0, count)
			.forEach((number) -> app.outbox().publish(new Note(Integer.toString(number)))));
	}

	private static long owned(OutboxApplication app) {
		return app.bean(OutboxOperations.class).leases().stream().filter((lease) -> lease.owner() != null).count();
	}

	/** How many shards each owner has. */
	private static Map<String, Long> owners(OutboxApplication app) {
		return app.bean(OutboxOperations.class)
			.leases()
			.stream()
			.filter((lease) -> lease.owner() != null)
			.collect(Collectors.groupingBy(LeaseState::owner, Collectors.counting()));
	}

	record Note(String text) {

	}

	record Delivered(String instance, String id, String text, int attempt, boolean ambiguous) {

	}

	static class Notes {

		private final String instance;

		Notes(@Value("${instance}") String instance) {
			this.instance = instance;
		}

		@OutboxHandler(value = "notes", concurrency = "4")
		void on(Note note, OutboxMessage message) throws InterruptedException {
			deliveries
				.add(new Delivered(this.instance, message.id(), note.text(), message.attempt(), message.ambiguous()));
			gates.get(this.instance).acquire();
		}

	}

	/**
	 * Publishes all the time, and writes down what commits in the same transaction.
	 */
	private static final class Producer implements Runnable {

		private final OutboxApplication app;

		private final AtomicBoolean ending = new AtomicBoolean();

		private final Thread thread = new Thread(this, "producer");

		private Producer(OutboxApplication app) {
			this.app = app;
			this.thread.setDaemon(true);
			this.thread.start();
		}

		@Override
		public void run() {
			while (!this.ending.get()) {
				try {
					this.app.inTransaction(() -> this.app.jdbc()
						.sql("INSERT INTO orders (message_id) VALUES (?)")
						.param(this.app.outbox().publish(new Note("order")))
						.update());
				}
				catch (RuntimeException ex) {
					// the outage: what did not commit is not written down either
				}
			}
		}

		private void end() throws InterruptedException {
			this.ending.set(true);
			this.thread.join();
		}

	}

}
