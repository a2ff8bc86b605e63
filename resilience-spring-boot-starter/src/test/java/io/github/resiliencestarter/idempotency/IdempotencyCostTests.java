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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
			assertThat(cost(one, () -> one.desk().place("cost", "book"))).isEqualTo(new Count(1, 0));
			other.desk().place("warm-up", "book");
			assertThat(cost(other, () -> other.desk().place("warm-up", "book"))).isEqualTo(new Count(1, 0));
			assertThat(other.desk().place("warm-up", "book")).isEqualTo(first);
		}
	}

	@Test
	void onPostgresReplaysOfKeysThatAreNewToAnInstanceAreOneStatementAsLongAsTheyFollowEachOther() {
		TestDatabase server = TestDatabase.POSTGRESQL;
		String url = server.createDatabase();
		try (Instance one = start(server, url); Instance other = start(server, url)) {
			for (String key : List.of("a", "b", "c", "d")) {
				one.desk().place(key, "book");
			}
			assertThat(cost(other, () -> other.desk().place("a", "book")).statements()).isEqualTo(1);
			assertThat(cost(other, () -> other.desk().place("b", "book")).statements()).isEqualTo(1);
			assertThat(cost(other, () -> other.desk().place("e", "book")).statements()).isEqualTo(3);
			assertThat(cost(other, () -> other.desk().place("c", "book")).statements()).isEqualTo(2);
			assertThat(cost(other, () -> other.desk().place("d", "book")).statements()).isEqualTo(1);
			assertThat(one.effects("d")).isOne();
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
