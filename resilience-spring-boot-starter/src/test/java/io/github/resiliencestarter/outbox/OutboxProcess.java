package io.github.resiliencestarter.outbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import io.github.resiliencestarter.jdbc.TestDatabase;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * An instance in a process of its own: publishes all the time, and writes what it
 * delivers into a ledger, at the beginning and, with the number of the latest line, at
 * the end. Until its standard input ends.
 */
final class OutboxProcess {

	private OutboxProcess() {
	}

	/**
	 * Start an instance with these properties.
	 */
	static Process start(TestDatabase server, String url, String... properties) {
		return start(OutboxProcess.class, server, url, properties);
	}

	static Process start(Class<?> main, TestDatabase server, String url, String... properties) {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m",
						"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
						main.getName(), server.name(), url));
		command.addAll(List.of(properties));
		try {
			return new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(Path.of("target", "outbox-processes.log").toFile()))
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static OutboxApplication run(String[] arguments, Class<?> beans) {
		return OutboxApplication.start(TestDatabase.valueOf(arguments[0]), arguments[1], beans,
				Arrays.copyOfRange(arguments, 2, arguments.length));
	}

	public static void main(String[] arguments) throws Exception {
		AtomicBoolean publishing = new AtomicBoolean(true);
		try (OutboxApplication app = run(arguments, Ledger.class)) {
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
			this.jdbc.sql("""
					INSERT INTO ledger (message_id, msg_key, ambiguous, attempt, instance)
					VALUES (:id, :key, :ambiguous, :attempt, :instance)""")
				.param("id", message.id())
				.param("key", message.key())
				.param("ambiguous", message.ambiguous())
				.param("attempt", message.attempt())
				.param("instance", ProcessHandle.current().pid())
				.update();
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
			Long last = this.jdbc.sql("SELECT MAX(id) FROM ledger").query(Long.class).single();
			this.jdbc.sql("UPDATE ledger SET done_at = :last WHERE message_id = :id AND attempt = :attempt")
				.param("last", last)
				.param("id", message.id())
				.param("attempt", message.attempt())
				.update();
		}

	}

}
