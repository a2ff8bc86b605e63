package io.github.resiliencestarter.idempotency;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.resiliencestarter.guard.VirtualClock;
import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.dao.CannotAcquireLockException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for calls whose transactions fail only because of others.
 */
class ContentionTests {

	static Stream<Arguments> isolations() {
		return Stream.of(TestDatabase.values())
			.flatMap((server) -> Stream.of("rc", "rr", "ser").map((isolation) -> Arguments.of(server, isolation)));
	}

	@ParameterizedTest
	@MethodSource("isolations")
	void callsThatDeadlockEachOtherBothSucceedOnce(TestDatabase server, String isolation) throws Exception {
		try (Instance instance = start(server); Callers callers = new Callers()) {
			Bank bank = instance.get(Bank.class);
			Future<Integer> there = callers.call(() -> move(bank, isolation, "there", 1, 2));
			Future<Integer> back = callers.call(() -> move(bank, isolation, "back", 2, 1));
			int runs = Callers.get(there) + Callers.get(back);
			assertThat(runs).as("one of the two was the victim, and ran again").isGreaterThan(2);
			assertThat(instance.count("SELECT moves FROM accounts WHERE id = 1")).isEqualTo(2);
			assertThat(instance.count("SELECT moves FROM accounts WHERE id = 2")).isEqualTo(2);
			assertThat(move(bank, isolation, "there", 1, 2)).isEqualTo(Callers.get(there));
			assertThat(instance.count("SELECT moves FROM accounts WHERE id = 1")).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@EnumSource
	void aCallThatIsAlwaysTheVictimFailsInTheEndAndLeavesNothing(TestDatabase server) {
		try (Instance instance = start(server)) {
			instance.script().next = () -> {
				throw new CannotAcquireLockException("again", new SQLException("again", "40001"));
			};
			assertThatExceptionOfType(CannotAcquireLockException.class)
				.isThrownBy(() -> instance.desk().place("victim", "book"));
			assertThat(instance.script().runs()).isBetween(5, 30);
			assertThat(instance.stored()).isZero();
			assertThat(instance.effects("victim")).isZero();
		}
	}

	private static Instance start(TestDatabase server) {
		Instance instance = Instance.start(server.createDataSource(),
				List.of(Script.class, OrderDesk.class, Bank.class, VirtualClock.class));
		JdbcClient jdbc = instance.get(JdbcClient.class);
		jdbc.sql("CREATE TABLE accounts (id INT PRIMARY KEY, moves INT NOT NULL)").update();
		jdbc.sql("INSERT INTO accounts (id, moves) VALUES (1, 0), (2, 0)").update();
		return instance;
	}

	private static int move(Bank bank, String isolation, String key, int first, int second) throws Exception {
		return switch (isolation) {
			case "rc" -> bank.moveReadCommitted(key, first, second);
			case "rr" -> bank.moveRepeatableRead(key, first, second);
			default -> bank.moveSerializable(key, first, second);
		};
	}

	static class Bank {

		private final JdbcClient jdbc;

		private final CyclicBarrier bothHoldOne = new CyclicBarrier(2);

		private final Map<String, Integer> runs = new ConcurrentHashMap<>();

		Bank(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@Idempotent(key = "#key")
		@Transactional(isolation = Isolation.READ_COMMITTED)
		public int moveReadCommitted(String key, int first, int second) throws Exception {
			return move(key, first, second);
		}

		@Idempotent(key = "#key")
		@Transactional(isolation = Isolation.REPEATABLE_READ)
		public int moveRepeatableRead(String key, int first, int second) throws Exception {
			return move(key, first, second);
		}

		@Idempotent(key = "#key")
		@Transactional(isolation = Isolation.SERIALIZABLE)
		public int moveSerializable(String key, int first, int second) throws Exception {
			return move(key, first, second);
		}

		private int move(String key, int first, int second) throws Exception {
			int run = this.runs.merge(key, 1, Integer::sum);
			move(first);
			if (run == 1) {
				this.bothHoldOne.await(1, TimeUnit.MINUTES);
			}
			move(second);
			return run;
		}

		private void move(int account) {
			this.jdbc.sql("UPDATE accounts SET moves = moves + 1 WHERE id = ?").param(account).update();
		}

	}

}
