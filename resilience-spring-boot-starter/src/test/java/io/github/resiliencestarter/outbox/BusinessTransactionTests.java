package io.github.resiliencestarter.outbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import com.zaxxer.hikari.HikariDataSource;
import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.core.JacksonException;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Tests of messages and business rows in one transaction, on every database.
 */
class BusinessTransactionTests {

	private static final int PRODUCERS = 8;

	private static final int TRANSACTIONS = Integer.getInteger("outbox.producer.transactions", 60);

	private static final Set<String> delivered = ConcurrentHashMap.newKeySet();

	@BeforeEach
	void forget() {
		delivered.clear();
	}

	@ParameterizedTest
	@EnumSource
	void eightProducersNeverDeadlockWithEachOtherOrTheRelay(TestDatabase server) throws Exception {
		try (OutboxApplication app = start(server)) {
			createOrders(app.jdbc());
			ExecutorService threads = Executors.newFixedThreadPool(PRODUCERS);
			List<Future<Void>> producers = new ArrayList<>();
			for (int producer = 0; producer < PRODUCERS; producer++) {
				String name = "p" + producer;
				producers.add(threads.submit(new Producer(app, name)));
			}
			threads.shutdown();
			for (Future<Void> producer : producers) {
				producer.get();
			}
			await().untilAsserted(() -> assertThat(delivered).hasSize(3 * PRODUCERS * TRANSACTIONS));
			await().until(() -> app.figures().pending() + app.figures().scheduled() == 0);
			assertThat(orders(app.jdbc())).isEqualTo(PRODUCERS * TRANSACTIONS);
			// one attempt each: no delivery was counted as failed by a deadlock elsewhere
			HandlerCounts counts = app.bean(OutboxOperations.class).handlers().get("notes");
			assertThat(counts).isEqualTo(new HandlerCounts(3 * PRODUCERS * TRANSACTIONS, 0, 0, 0));
		}
	}

	@ParameterizedTest
	@EnumSource
	void publishingInATransactionOfAnotherDataSourceThrows(TestDatabase server) {
		try (OutboxApplication app = start(server); HikariDataSource other = server.createDataSource()) {
			TransactionTemplate elsewhere = new TransactionTemplate(new DataSourceTransactionManager(other));
			assertThatExceptionOfType(NoTransactionException.class)
				.isThrownBy(() -> elsewhere.executeWithoutResult((status) -> app.outbox().publish(new Note("never"))))
				.withMessageContaining("DataSource");
			assertThat(app.figures().pending()).isZero();
			assertThat(delivered).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whatCannotBePublishedThrowsAndTheTransactionDecides(TestDatabase server) {
		try (OutboxApplication app = start(server)) {
			createOrders(app.jdbc());
			app.inTransaction(() -> {
				order(app.jdbc(), "kept");
				assertThatExceptionOfType(JacksonException.class)
					.isThrownBy(() -> app.outbox().publish(new Unserialisable()));
				assertThatIllegalArgumentException()
					.isThrownBy(() -> app.outbox().message(new Note("")).key("k".repeat(256)));
				assertThatIllegalArgumentException()
					.isThrownBy(() -> app.outbox().message(new Note("")).header("h".repeat(256), "v"));
				assertThatIllegalArgumentException()
					.isThrownBy(() -> app.outbox().message(new Note("")).header("h", "v".repeat(8193)));
				app.outbox().message(new Note("kept")).key("ü".repeat(255)).header("h".repeat(255), "v").publish();
			});
			assertThat(orders(app.jdbc())).isOne();
			await().untilAsserted(() -> assertThat(delivered).containsExactly("kept"));
			assertThatExceptionOfType(JacksonException.class).isThrownBy(() -> app.inTransaction(() -> {
				order(app.jdbc(), "given up");
				app.outbox().publish(new Note("given up"));
				app.outbox().publish(new Unserialisable());
			}));
			assertThat(orders(app.jdbc())).isOne();
			await().until(() -> app.figures().pending() == 0);
			assertThat(delivered).containsExactly("kept");
		}
	}

	@ParameterizedTest
	@EnumSource
	void twoHandlersOfOneTypeStopTheStartUp(TestDatabase server) {
		String url = server.createDatabase();
		assertThatExceptionOfType(RuntimeException.class)
			.isThrownBy(() -> OutboxApplication.start(server, url, Twice.class).close())
			.withMessageContaining("Twice.one")
			.withMessageContaining("Twice.two")
			.withMessageContaining(Note.class.getName());
	}

	private static OutboxApplication start(TestDatabase server) {
		return OutboxApplication.start(server, server.createDatabase(), Notes.class);
	}

	private static void createOrders(JdbcClient jdbc) {
		jdbc.sql("CREATE TABLE orders (name VARCHAR(50) PRIMARY KEY, customer VARCHAR(50) NOT NULL)").update();
		jdbc.sql("CREATE INDEX orders_customer ON orders (customer)").update();
	}

	private static void order(JdbcClient jdbc, String name) {
		jdbc.sql("INSERT INTO orders (name, customer) VALUES (?, 'c')").param(name).update();
	}

	private static long orders(JdbcClient jdbc) {
		return jdbc.sql("SELECT COUNT(*) FROM orders").query(Long.class).single();
	}

	private record Producer(OutboxApplication app, String name) implements Callable<Void> {

		@Override
		public Void call() {
			for (int number = 0; number < TRANSACTIONS; number++) {
				String order = this.name + "-" + number;
				this.app.inTransaction(() -> {
					order(this.app.jdbc(), order);
					this.app.outbox().publish(new Note(order + "a"));
					this.app.outbox().message(new Note(order + "b")).key(order).publish();
					this.app.outbox().message(new Note(order + "c")).key("shared").publish();
				});
			}
			return null;
		}

	}

	record Note(String text) {

	}

	static class Unserialisable {

		public String getText() {
			throw new IllegalStateException("no text");
		}

	}

	static class Notes {

		@OutboxHandler("notes")
		void on(Note note) {
			delivered.add(note.text());
		}

		@OutboxHandler("unserialisable")
		void on(Unserialisable note) {
			throw new IllegalStateException();
		}

	}

	static class Twice {

		@OutboxHandler
		void one(Note note) {
			throw new IllegalStateException();
		}

		@OutboxHandler
		void two(Note note) {
			throw new IllegalStateException();
		}

	}

}
