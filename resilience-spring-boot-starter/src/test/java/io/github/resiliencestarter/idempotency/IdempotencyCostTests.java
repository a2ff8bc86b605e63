package io.github.resiliencestarter.idempotency;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import io.github.resiliencestarter.idempotency.CountingDataSource.Count;
import io.github.resiliencestarter.idempotency.OrderDesk.Receipt;
import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for what idempotency asks of the database. The method's own insert is one
 * statement.
 */
class IdempotencyCostTests {

	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void aFirstCallCostsTwoStatementsMoreAndAReplayIsOneOutsideAnyTransaction(TestDatabase server) {
		String url = server.createDatabase();
		try (Instance one = start(server, url); Instance other = start(server, url)) {
			Receipt first = one.desk().place("warm-up", "book");
			assertThat(cost(one, () -> one.desk().place("cost", "book"))).isEqualTo(new Count(3, 1));
			assertThat(cost(one, () -> one.desk().placeRepeatableRead("cost", "book")).statements()).isEqualTo(3);
			for (int again = 0; again < 4; again++) {
				assertThat(cost(one, () -> one.desk().place("cost", "book"))).isEqualTo(new Count(1, 0));
			}
			assertThat(cost(one, () -> one.desk().place("next", "book"))).as("after replays of seen keys")
				.isEqualTo(new Count(3, 1));
			other.desk().place("warm-up", "book");
			assertThat(cost(other, () -> other.desk().place("warm-up", "book"))).isEqualTo(new Count(1, 0));
			assertThat(other.desk().place("warm-up", "book")).isEqualTo(first);
		}
	}

	@ParameterizedTest
	@EnumSource
	void replaysOfKeysThatAreNewToAnInstanceAreOneStatementOutsideAnyTransactionWhereTheyFollowEachOther(
			TestDatabase server) {
		String url = server.createDatabase();
		try (Instance one = start(server, url); Instance other = start(server, url)) {
			for (String key : List.of("a", "b", "c", "d", "e", "f", "g")) {
				one.desk().place(key, "book");
			}
			Count first = cost(one, () -> one.desk().place("z", "book"));
			Count readThenFirst = new Count(first.statements() + 1, first.transactions());
			Count replay = new Count(1, 0);
			assertThat(cost(other, () -> other.desk().place("a", "book")).transactions()).isOne();
			assertThat(cost(other, () -> other.desk().place("b", "book"))).isEqualTo(replay);
			assertThat(cost(other, () -> other.desk().place("c", "book"))).isEqualTo(replay);
			assertThat(cost(other, () -> other.desk().place("one", "book"))).isEqualTo(readThenFirst);
			assertThat(cost(other, () -> other.desk().place("d", "book"))).isEqualTo(replay);
			assertThat(cost(other, () -> other.desk().place("two", "book"))).isEqualTo(readThenFirst);
			assertThat(cost(other, () -> other.desk().place("three", "book"))).isEqualTo(readThenFirst);
			assertThat(cost(other, () -> other.desk().place("four", "book"))).isEqualTo(first);
			assertThat(cost(other, () -> other.desk().place("e", "book")).transactions()).isOne();
			assertThat(cost(other, () -> other.desk().place("five", "book"))).isEqualTo(first);
			assertThat(cost(other, () -> other.desk().place("f", "book")).transactions()).isOne();
			assertThat(cost(other, () -> other.desk().placeRepeatableRead("six", "book"))).as("another operation")
				.isEqualTo(first);
			assertThat(cost(other, () -> other.desk().place("f", "book"))).as("seen").isEqualTo(replay);
			assertThat(other.effects("b")).isOne();
		}
	}

	@ParameterizedTest
	@EnumSource
	void aReplayOfALeasedCallIsOneStatementWhereReplaysAreExpected(TestDatabase server) {
		String url = server.createDatabase();
		try (Instance one = start(server, url); Instance other = start(server, url)) {
			one.desk().charge("a", "book");
			Receipt first = one.desk().charge("b", "book");
			assertThat(cost(one, () -> one.desk().charge("b", "book"))).isEqualTo(new Count(1, 0));
			other.desk().charge("a", "book");
			assertThat(cost(other, () -> other.desk().charge("b", "book"))).isEqualTo(new Count(1, 0));
			assertThat(other.desk().charge("b", "book")).isEqualTo(first);
		}
	}

	@ParameterizedTest
	@EnumSource
	void nothingIsReadOutsideATransactionThatGoesOn(TestDatabase server) {
		String url = server.createDatabase();
		try (Instance one = start(server, url); Instance other = start(server, url)) {
			TransactionTemplate outer = new TransactionTemplate(other.get(PlatformTransactionManager.class));
			Count joined = cost(other,
					() -> outer.executeWithoutResult((status) -> other.desk().place("first", "book")));
			for (String key : List.of("a", "b", "c")) {
				one.desk().place(key, "book");
				other.desk().place(key, "book");
			}
			assertThat(cost(other, () -> other.desk().place("second", "book")).statements())
				.isGreaterThan(joined.statements());
			assertThat(cost(other, () -> outer.executeWithoutResult((status) -> {
				other.desk().place("third", "book");
				assertThat(other.desk().place("third", "book")).isNotNull();
				status.setRollbackOnly();
			})).transactions()).as("connections in a transaction").isOne();
			assertThat(cost(other, () -> outer.executeWithoutResult((status) -> other.desk().place("third", "book"))))
				.isEqualTo(joined);
		}
	}

	@ParameterizedTest
	@EnumSource
	void duplicatesThatWaitForTheLeaderInTheirProcessCostNothing(TestDatabase server) throws Exception {
		try (Instance instance = start(server, server.createDatabase()); Callers callers = new Callers()) {
			CountDownLatch running = new CountDownLatch(1);
			CountDownLatch finish = new CountDownLatch(1);
			instance.script().next = () -> {
				running.countDown();
				finish.await();
				return null;
			};
			List<Thread> waiting = new ArrayList<>();
			Future<Receipt> first = callers.call(() -> instance.desk().place("followed", "book"));
			running.await();
			Count before = counting(instance).count();
			List<Future<Receipt>> duplicates = callers.call(5, () -> {
				synchronized (waiting) {
					waiting.add(Thread.currentThread());
				}
				return instance.desk().place("followed", "book");
			});
			await().atMost(1, TimeUnit.MINUTES).until(() -> areWaiting(waiting, 5));
			assertThat(counting(instance).count()).isEqualTo(before);
			finish.countDown();
			for (Future<Receipt> duplicate : duplicates) {
				assertThat(Callers.get(duplicate)).isEqualTo(Callers.get(first));
			}
			assertThat(counting(instance).count().since(before).statements()).as("the leader's record of the reply")
				.isOne();
		}
	}

	private static boolean areWaiting(List<Thread> threads, int count) {
		synchronized (threads) {
			return threads.size() == count
					&& threads.stream().allMatch((thread) -> thread.getState() == Thread.State.TIMED_WAITING);
		}
	}

	private static Count cost(Instance instance, Runnable call) {
		Count before = counting(instance).count();
		call.run();
		return counting(instance).count().since(before);
	}

	private static CountingDataSource counting(Instance instance) {
		return (CountingDataSource) instance.get(DataSource.class);
	}

	private static Instance start(TestDatabase server, String url) {
		return Instance.start(new CountingDataSource(server.createDataSource(url)),
				List.of(Script.class, OrderDesk.class));
	}

}
