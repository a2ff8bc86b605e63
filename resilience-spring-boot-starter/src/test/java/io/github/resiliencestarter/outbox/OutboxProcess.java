package io.github.resiliencestarter.outbox;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import io.github.resiliencestarter.jdbc.TestDatabase;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * An instance in a process of its own: publishes all the time, and writes what it
 * delivers into a ledger. Until its standard input ends.
 */
final class OutboxProcess {

	private OutboxProcess() {
	}

	public static void main(String[] arguments) throws Exception {
		TestDatabase server = TestDatabase.valueOf(arguments[0]);
		AtomicBoolean publishing = new AtomicBoolean(true);
		try (OutboxApplication app = OutboxApplication.start(server, arguments[1], Ledger.class,
				"resilience.outbox.lease=2s", "spring.datasource.hikari.connection-timeout=2000",
				"resilience.outbox.defaults.max-attempts=100")) {
			Thread producer = new Thread(() -> produce(app, publishing));
			producer.start();
			while (System.in.read() != -1) {
				publishing.set(false);
			}
			publishing.set(false);
			producer.join();
		}
	}

	private static void produce(OutboxApplication app, AtomicBoolean publishing) {
		while (publishing.get()) {
			try {
				app.inTransaction(() -> order(app));
			}
			catch (RuntimeException ex) {
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
			}
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
		}
	}

	private static void order(OutboxApplication app) {
		int customer = ThreadLocalRandom.current().nextInt(20);
		String key = (customer < 10) ? "customer-" + customer : null;
		Outbox.Draft draft = app.outbox().message(new Order(customer));
		String id = ((key != null) ? draft.key(key) : draft).publish();
		app.jdbc()
			.sql("INSERT INTO orders (message_id, producer) VALUES (?, ?)")
			.params(id, ProcessHandle.current().pid())
			.update();
		if (ThreadLocalRandom.current().nextInt(10) == 0) {
			throw new IllegalStateException("this one rolls back");
		}
	}

	record Order(int customer) {

	}

	static class Ledger {

		private final JdbcClient jdbc;

		Ledger(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@OutboxHandler(value = "orders", concurrency = "4")
		void on(Order order, OutboxMessage message) {
			this.jdbc.sql(
					"INSERT INTO ledger (message_id, msg_key, ambiguous, attempt) VALUES (:id, :key, :ambiguous, :attempt)")
				.param("id", message.id())
				.param("key", message.key())
				.param("ambiguous", message.ambiguous())
				.param("attempt", message.attempt())
				.update();
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
			this.jdbc.sql("UPDATE ledger SET done = TRUE WHERE message_id = :id AND attempt = :attempt")
				.param("id", message.id())
				.param("attempt", message.attempt())
				.update();
		}

	}

}
