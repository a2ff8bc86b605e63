package io.github.resiliencestarter.outbox;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.resiliencestarter.Patience;
import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionTimedOutException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Tests of the outbox as one instance has it, on every database.
 */
class OutboxTests {

	@ParameterizedTest
	@EnumSource
	void aMessageIsDeliveredRightAfterTheCommitWhateverThePollInterval(TestDatabase server) throws Exception {
		try (OutboxApplication app = start(server, "resilience.outbox.poll-interval=1h")) {
			await().until(() -> owned(app) == 8);
			Handlers handlers = app.bean(Handlers.class);
			app.inTransaction(() -> app.outbox().publish(new Greeting("unkeyed", 0)));
			assertThat(handlers.next().payload()).isEqualTo(new Greeting("unkeyed", 0));
			app.inTransaction(() -> app.outbox().message(new Greeting("keyed", 0)).key("k").publish());
			assertThat(handlers.next().payload()).isEqualTo(new Greeting("keyed", 0));
			await().untilAsserted(() -> assertThat(rows(app)).isZero());
		}
	}

	@ParameterizedTest
	@EnumSource
	void theHandlerLearnsWhatThePublisherSaid(TestDatabase server) throws Exception {
		try (OutboxApplication app = start(server)) {
			String id = app.transaction()
				.execute((status) -> app.outbox()
					.message(new Greeting("hi", 0))
					.key("Kunde 7 ")
					.header("tenant", "ä")
					.publish());
			OutboxMessage message = app.bean(Handlers.class).next().message();
			assertThat(message.id()).isEqualTo(id);
			assertThat(message.type()).isEqualTo("greeting");
			assertThat(message.key()).isEqualTo("Kunde 7 ");
			assertThat(message.headers()).isEqualTo(Map.of("tenant", "ä"));
			assertThat(message.attempt()).isOne();
			assertThat(message.ambiguous()).isFalse();
			assertThat(message.publishedAt().toEpochMilli()).isBetween(System.currentTimeMillis() - 60_000,
					System.currentTimeMillis() + 60_000);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whatIsRolledBackIsNeverDelivered(TestDatabase server) throws Exception {
		try (OutboxApplication app = start(server)) {
			app.transaction().executeWithoutResult((status) -> {
				app.outbox().publish(new Greeting("rolled back", 0));
				status.setRollbackOnly();
			});
			TransactionTemplate nested = app.transaction();
			nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
			app.inTransaction(() -> {
				app.outbox().publish(new Greeting("before", 0));
				nested.executeWithoutResult((status) -> {
					app.outbox().publish(new Greeting("in the savepoint", 0));
					status.setRollbackOnly();
				});
				app.outbox().publish(new Greeting("after", 0));
			});
			Handlers handlers = app.bean(Handlers.class);
			assertThat(List.of(handlers.next().payload().text(), handlers.next().payload().text()))
				.containsExactlyInAnyOrder("before", "after");
			await().untilAsserted(() -> assertThat(rows(app)).isZero());
			assertThat(handlers.deliveries).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource
	void theEndOfASavepointEndsNothing(TestDatabase server) throws Exception {
		try (OutboxApplication app = start(server)) {
			TransactionTemplate nested = app.transaction();
			nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
			app.inTransaction(() -> {
				nested.executeWithoutResult((status) -> app.outbox().publish(new Greeting("in the savepoint", 0)));
				app.outbox().publish(new Greeting("after", 0));
			});
			Handlers handlers = app.bean(Handlers.class);
			assertThat(List.of(handlers.next().payload().text(), handlers.next().payload().text()))
				.containsExactlyInAnyOrder("in the savepoint", "after");
		}
	}

	/**
	 * Spring neither commits nor rolls back after a {@code TransactionException} of a
	 * callback, and then drivers commit, without the messages.
	 */
	@ParameterizedTest
	@EnumSource
	void aTransactionNeverCommitsWithoutItsMessages(TestDatabase server) {
		try (OutboxApplication app = start(server)) {
			app.jdbc().sql("CREATE TABLE effects (name VARCHAR(100) NOT NULL)").update();
			Runnable effect = () -> {
				app.jdbc().sql("INSERT INTO effects (name) VALUES ('effect')").update();
				app.outbox().publish(new Greeting("never", 0));
			};
			assertThatExceptionOfType(TransactionTimedOutException.class).isThrownBy(() -> app.inTransaction(() -> {
				effect.run();
				TransactionSynchronizationManager.registerSynchronization(new BeforeCommit(() -> {
					throw new TransactionTimedOutException("in a callback");
				}));
			}));
			assertThatExceptionOfType(TransientDataAccessException.class).isThrownBy(() -> app.inTransaction(() -> {
				effect.run();
				((ConnectionHolder) TransactionSynchronizationManager.getResource(app.bean(DataSource.class)))
					.setTimeoutInMillis(0);
			}));
			assertThat(app.jdbc().sql("SELECT COUNT(*) FROM effects").query(Long.class).single()).isZero();
			assertThat(rows(app)).isZero();
			assertThat(app.bean(Handlers.class).deliveries).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource
	void allMessagesOfALargeTransactionAreDelivered(TestDatabase server) throws Exception {
		try (OutboxApplication app = start(server)) {
			app.inTransaction(() -> IntStream.range(0, 1001)
				.forEach((number) -> app.outbox().publish(new Greeting("" + number, 0))));
			Handlers handlers = app.bean(Handlers.class);
			Set<String> texts = new HashSet<>();
			for (int number = 0; number < 1001; number++) {
				texts.add(handlers.next().payload().text());
			}
			assertThat(texts).hasSize(1001);
			await().untilAsserted(() -> assertThat(rows(app)).isZero());
		}
	}

	@ParameterizedTest
	@EnumSource
	void publishingWithoutAFateToShareThrows(TestDatabase server) {
		try (OutboxApplication app = start(server)) {
			Greeting greeting = new Greeting("never", 0);
			assertThatExceptionOfType(NoTransactionException.class).isThrownBy(() -> app.outbox().publish(greeting));
			TransactionTemplate readOnly = app.transaction();
			readOnly.setReadOnly(true);
			assertThatExceptionOfType(NoTransactionException.class)
				.isThrownBy(() -> readOnly.executeWithoutResult((status) -> app.outbox().publish(greeting)));
			try (HikariDataSource other = TestDatabase.H2.createDataSource()) {
				TransactionTemplate others = new TransactionTemplate(new DataSourceTransactionManager(other));
				assertThatExceptionOfType(NoTransactionException.class).isThrownBy(() -> app
					.inTransaction(() -> others.executeWithoutResult((status) -> app.outbox().publish(greeting))));
			}
			List<Throwable> afterCommit = new ArrayList<>();
			app.inTransaction(() -> TransactionSynchronizationManager
				.registerSynchronization(new AfterCommit(() -> app.outbox().publish(greeting), afterCommit)));
			assertThat(afterCommit).singleElement().isInstanceOf(NoTransactionException.class);
			assertThat(rows(app)).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource(names = "H2")
	void whatCanNeverBeDeliveredIsNotAccepted(TestDatabase server) {
		try (OutboxApplication app = start(server)) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> app.inTransaction(() -> app.outbox().publish("no handler takes text")))
				.withMessageContaining("java.lang.String");
			assertThatIllegalArgumentException()
				.isThrownBy(() -> app.outbox().message(new Greeting("", 0)).key("k".repeat(256)))
				.withMessageContaining("256");
			assertThatIllegalArgumentException()
				.isThrownBy(() -> app.outbox().message(new Greeting("", 0)).header("h", "v".repeat(9000)))
				.withMessageContaining("9000");
			assertThat(rows(app)).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource
	void aFailedMessageIsTriedAgainAndThenGivenUp(TestDatabase server) throws Exception {
		try (OutboxApplication app = start(server)) {
			Handlers handlers = app.bean(Handlers.class);
			app.inTransaction(() -> app.outbox().publish(new Greeting("twice", 1)));
			assertThat(handlers.next().message().attempt()).isOne();
			OutboxMessage second = handlers.next().message();
			assertThat(second.attempt()).isEqualTo(2);
			assertThat(second.ambiguous()).isFalse();
			String id = app.transaction().execute((status) -> app.outbox().publish(new Greeting("never", 99)));
			OutboxOperations operations = app.bean(OutboxOperations.class);
			await().untilAsserted(() -> assertThat(operations.dead(null, 10)).singleElement().satisfies((dead) -> {
				assertThat(dead.id()).isEqualTo(id);
				assertThat(dead.attempts()).isEqualTo(3);
				assertThat(dead.handler()).isEqualTo("Handlers.greet");
				assertThat(dead.lastError()).contains("not yet");
			}));
			handlers.deliveries.clear();
			// or it would be dead again before the second
			operations.pause("Handlers.greet", true);
			assertThat(operations.redeliver(id)).isTrue();
			assertThat(operations.redeliver(id)).isFalse();
			operations.pause("Handlers.greet", false);
			OutboxMessage redelivered = handlers.next().message();
			assertThat(redelivered.id()).isEqualTo(id);
			assertThat(redelivered.attempt()).isOne();
			await().until(() -> operations.dead(null, 10).size() == 1);
			assertThat(operations.discard(id)).isTrue();
			assertThat(operations.dead(null, 10)).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource
	void aFailingHeadHoldsBackItsKeyOnlyAndADeadOneLetsItsSuccessorsGo(TestDatabase server) throws Exception {
		try (OutboxApplication app = start(server)) {
			Handlers handlers = app.bean(Handlers.class);
			app.inTransaction(() -> {
				app.outbox().message(new Greeting("a1", 1)).key("a").publish();
				app.outbox().message(new Greeting("a2", 99)).key("a").publish();
				app.outbox().message(new Greeting("a3", 0)).key("a").publish();
				app.outbox().message(new Greeting("b1", 0)).key("b").publish();
			});
			List<String> deliveries = new ArrayList<>();
			for (int delivery = 0; delivery < 7; delivery++) {
				deliveries.add(handlers.next().payload().text());
			}
			assertThat(deliveries).filteredOn((text) -> text.startsWith("a"))
				.containsExactly("a1", "a1", "a2", "a2", "a2", "a3");
			assertThat(deliveries).contains("b1");
		}
	}

	@ParameterizedTest
	@EnumSource
	void ofOneKeyMessagesAreDeliveredInOrderAndOneAtATime(TestDatabase server) throws Exception {
		try (OutboxApplication app = start(server)) {
			Handlers handlers = app.bean(Handlers.class);
			IntStream.range(0, 50)
				.forEach((transaction) -> app.inTransaction(() -> IntStream.range(0, 4)
					.forEach((number) -> app.outbox()
						.message(new Greeting(Integer.toString(transaction * 4 + number), 0))
						.key("k" + transaction % 5)
						.publish())));
			Map<String, Integer> latest = new HashMap<>();
			for (int delivery = 0; delivery < 200; delivery++) {
				Delivered delivered = handlers.next();
				int number = Integer.parseInt(delivered.payload().text());
				assertThat(latest.put(delivered.message().key(), number)).satisfiesAnyOf(
						(before) -> assertThat(before).isNull(), (before) -> assertThat(before).isLessThan(number));
			}
			await().untilAsserted(() -> assertThat(rows(app)).isZero());
		}
	}

	@ParameterizedTest
	@EnumSource
	void aDelayedMessageHoldsBackItsKeyUntilItIsDue(TestDatabase server) throws Exception {
		try (OutboxApplication app = start(server)) {
			Handlers handlers = app.bean(Handlers.class);
			app.inTransaction(() -> {
				app.outbox().message(new Greeting("delayed", 0)).key("a").delay(Duration.ofHours(1)).publish();
				app.outbox().message(new Greeting("successor", 0)).key("a").publish();
				app.outbox().message(new Greeting("other", 0)).key("b").publish();
			});
			assertThat(handlers.next().payload().text()).isEqualTo("other");
			await().until(() -> app.jdbc().sql("UPDATE resilience_outbox_later SET due = 0").update() == 1);
			Delivered delayed = handlers.next();
			assertThat(delayed.payload().text()).isEqualTo("delayed");
			assertThat(delayed.message().attempt()).isOne();
			assertThat(handlers.next().payload().text()).isEqualTo("successor");
		}
	}

	@ParameterizedTest
	@EnumSource
	void everyThrowableUsesAnAttemptExceptRetryLater(TestDatabase server) throws Exception {
		try (OutboxApplication app = start(server)) {
			Handlers handlers = app.bean(Handlers.class);
			app.inTransaction(() -> app.outbox().publish(new Task("error")));
			assertThat(handlers.next().message().attempt()).isOne();
			assertThat(handlers.next().message().attempt()).isEqualTo(2);
			app.inTransaction(() -> app.outbox().publish(new Task("later")));
			assertThat(handlers.next().message().attempt()).isOne();
			assertThat(handlers.next().message().attempt()).isOne();
			app.inTransaction(() -> app.outbox().publish(new Task("hopeless")));
			assertThat(handlers.next().message().attempt()).isOne();
			await().untilAsserted(() -> assertThat(app.figures().dead()).isOne());
		}
	}

	@ParameterizedTest
	@EnumSource
	void aHandlerThatHangsFreesItsPlaceAndItsMessageIsAmbiguous(TestDatabase server) throws Exception {
		try (OutboxApplication app = start(server)) {
			Handlers handlers = app.bean(Handlers.class);
			app.inTransaction(() -> app.outbox().publish(new Trap("hang")));
			Map<Integer, OutboxMessage> attempts = new HashMap<>();
			// whose threads say so in any order
			while (!attempts.keySet().containsAll(Set.of(1, 2))) {
				OutboxMessage message = handlers.next().message();
				attempts.put(message.attempt(), message);
			}
			assertThat(attempts.get(1).ambiguous()).isFalse();
			assertThat(attempts.get(2).ambiguous()).isTrue();
			app.inTransaction(() -> app.outbox().publish(new Trap("other")));
			await().until(() -> handlers.next().payload().text().equals("other"));
			handlers.hanging.countDown();
		}
	}

	@ParameterizedTest
	@EnumSource
	void anUnreadablePayloadIsDeadAtOnceAndStopsNobody(TestDatabase server) throws Exception {
		try (OutboxApplication app = start(server)) {
			await().until(() -> owned(app) == 8);
			app.jdbc().sql("""
					INSERT INTO resilience_outbox (shard, message_id, type, payload, delay_ms, claim, published_at)
					VALUES (1, 'x', 'greeting', '{not json', 0, 0, 0)""").update();
			app.inTransaction(() -> app.outbox().publish(new Greeting("readable", 0)));
			assertThat(app.bean(Handlers.class).next().payload().text()).isEqualTo("readable");
			await().untilAsserted(
					() -> assertThat(app.bean(OutboxOperations.class).dead("Handlers.greet", 10)).singleElement()
						.satisfies((dead) -> assertThat(dead.lastError()).startsWith("The payload cannot be read")));
		}
	}

	private static OutboxApplication start(TestDatabase server, String... properties) {
		return OutboxApplication.start(server, server.createDatabase(), Handlers.class, properties);
	}

	private static long owned(OutboxApplication app) {
		return app.bean(OutboxOperations.class).leases().stream().filter((lease) -> lease.owner() != null).count();
	}

	private static long rows(OutboxApplication app) {
		return app.jdbc().sql("SELECT COUNT(*) FROM resilience_outbox").query(Long.class).single();
	}

	@OutboxType("greeting")
	record Greeting(String text, int failures) {

	}

	record Task(String what) {

	}

	record Trap(String what) {

	}

	record Delivered(Greeting payload, OutboxMessage message) {

	}

	record BeforeCommit(Runnable action) implements TransactionSynchronization {

		@Override
		public int getOrder() {
			return 0;
		}

		@Override
		public void beforeCommit(boolean readOnly) {
			this.action.run();
		}

	}

	record AfterCommit(Runnable action, List<Throwable> failures) implements TransactionSynchronization {

		@Override
		public void afterCommit() {
			try {
				this.action.run();
			}
			catch (RuntimeException ex) {
				this.failures.add(ex);
			}
		}

	}

	static class Handlers {

		final BlockingQueue<Delivered> deliveries = new LinkedBlockingQueue<>();

		final CountDownLatch hanging = new CountDownLatch(1);

		@OutboxHandler(maxAttempts = "3")
		void greet(Greeting greeting, OutboxMessage message) throws IOException {
			this.deliveries.add(new Delivered(greeting, message));
			if (message.attempt() <= greeting.failures()) {
				throw new IOException("not yet");
			}
		}

		private int laters;

		@OutboxHandler(value = "tasks", deadLetterOn = IllegalStateException.class)
		void work(Task task, OutboxMessage message) {
			this.deliveries.add(new Delivered(new Greeting(task.what(), 0), message));
			if (task.what().equals("error") && message.attempt() == 1) {
				throw new StackOverflowError();
			}
			if (task.what().equals("later") && this.laters++ == 0) {
				throw new RetryLaterException(Duration.ofMillis(1));
			}
			if (task.what().equals("hopeless")) {
				throw new IllegalStateException("hopeless");
			}
		}

		@OutboxHandler(value = "traps", timeout = "200ms", concurrency = "1")
		void fall(Trap trap, OutboxMessage message) {
			this.deliveries.add(new Delivered(new Greeting(trap.what(), 0), message));
			boolean released = message.attempt() > 1 || !trap.what().equals("hang");
			while (!released) {
				released = waitDeafly();
			}
		}

		private boolean waitDeafly() {
			try {
				this.hanging.await();
				return true;
			}
			catch (InterruptedException ex) {
				return false;
			}
		}

		Delivered next() throws InterruptedException {
			Delivered delivered = this.deliveries.poll(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
			assertThat(delivered).as("a delivery").isNotNull();
			return delivered;
		}

	}

}
