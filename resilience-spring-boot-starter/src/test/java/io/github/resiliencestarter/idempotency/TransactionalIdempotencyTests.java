package io.github.resiliencestarter.idempotency;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.resiliencestarter.idempotency.OrderDesk.Receipt;
import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.UnexpectedRollbackException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for mode TRANSACTIONAL on every database, with two instances each.
 */
class TransactionalIdempotencyTests {

	private static final Map<TestDatabase, Pair> PAIRS = new EnumMap<>(TestDatabase.class);

	private final Callers callers = new Callers();

	static Pair instances(TestDatabase server) {
		return PAIRS.computeIfAbsent(server, Pair::start);
	}

	@AfterAll
	static void stop() {
		PAIRS.values().forEach(Pair::close);
		PAIRS.clear();
	}

	@AfterEach
	void reset() {
		this.callers.close();
		PAIRS.values().forEach((pair) -> {
			pair.one().script().next = () -> null;
			pair.other().script().next = () -> null;
		});
	}

	@ParameterizedTest
	@EnumSource
	void aDuplicateGetsTheFirstReplyAndHasNoEffect(TestDatabase server) {
		Pair pair = instances(server);
		Receipt first = pair.one().desk().place("duplicate", "book");
		assertThat(pair.one().desk().place("duplicate", "book")).isEqualTo(first);
		assertThat(pair.other().desk().place("duplicate", "book")).isEqualTo(first);
		assertThat(pair.one().effects("duplicate")).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void otherArgumentsWithTheSameKeyAreRefused(TestDatabase server) {
		Pair pair = instances(server);
		pair.one().desk().place("reused", "book");
		assertThatExceptionOfType(IdempotencyKeyReusedException.class)
			.isThrownBy(() -> pair.one().desk().place("reused", "mug"));
		assertThatExceptionOfType(IdempotencyKeyReusedException.class)
			.isThrownBy(() -> pair.other().desk().place("reused", "mug"));
		assertThat(pair.one().effects("reused")).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void aRolledBackCallLeavesNoKeyAndTheNextOneRuns(TestDatabase server) {
		Pair pair = instances(server);
		long stored = pair.one().stored();
		pair.one().script().next = () -> {
			throw new IllegalStateException("boom");
		};
		assertThatIllegalStateException().isThrownBy(() -> pair.one().desk().place("rolled-back", "book"))
			.withMessage("boom");
		assertThat(pair.one().stored()).isEqualTo(stored);
		assertThat(pair.one().effects("rolled-back")).isZero();
		pair.other().desk().place("rolled-back", "mug");
		assertThat(pair.one().effects("rolled-back")).isOne();
	}

	static Stream<Arguments> isolations() {
		return Stream.of(TestDatabase.values())
			.flatMap((server) -> Stream.of("rc", "rr", "ser").map((isolation) -> Arguments.of(server, isolation)));
	}

	private static Receipt place(Instance instance, String isolation, String key) {
		return switch (isolation) {
			case "rc" -> instance.desk().placeReadCommitted(key, "book");
			case "rr" -> instance.desk().placeRepeatableRead(key, "book");
			default -> instance.desk().placeSerializable(key, "book");
		};
	}

	@ParameterizedTest
	@MethodSource("isolations")
	void concurrentFirstCallsOfTwoInstancesRunOnceAndAllGetTheSameReply(TestDatabase server, String isolation)
			throws Exception {
		Pair pair = instances(server);
		for (int round = 0; round < 5; round++) {
			String key = "race-" + isolation + round;
			CountDownLatch go = new CountDownLatch(1);
			List<Future<Receipt>> calls = new ArrayList<>();
			for (Instance instance : List.of(pair.one(), pair.other())) {
				calls.addAll(this.callers.call(6, () -> {
					go.await();
					return place(instance, isolation, key);
				}));
			}
			go.countDown();
			Receipt first = Callers.get(calls.get(0));
			for (Future<Receipt> call : calls) {
				assertThat(Callers.get(call)).isEqualTo(first);
			}
			assertThat(pair.one().effects(key)).isOne();
		}
	}

	@ParameterizedTest
	@MethodSource("isolations")
	void differentKeysAtOnceDoNotFailEachOther(TestDatabase server, String isolation) throws Exception {
		Pair pair = instances(server);
		AtomicInteger numbers = new AtomicInteger();
		List<Future<Receipt>> calls = this.callers.call(40,
				() -> place(pair.one(), isolation, "own-" + isolation + numbers.incrementAndGet()));
		for (Future<Receipt> call : calls) {
			assertThat(Callers.get(call)).isNotNull();
		}
	}

	@ParameterizedTest
	@EnumSource
	void duplicatesOfACallThatFailsRunAgain(TestDatabase server) throws Exception {
		Pair pair = instances(server);
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch fail = new CountDownLatch(1);
		pair.one().script().next = () -> {
			pair.one().script().next = () -> null;
			running.countDown();
			fail.await();
			throw new IllegalStateException("first");
		};
		Future<Receipt> first = this.callers.call(() -> pair.one().desk().place("fails-first", "book"));
		running.await();
		Future<Receipt> local = this.callers.call(() -> pair.one().desk().place("fails-first", "book"));
		Future<Receipt> remote = this.callers.call(() -> pair.other().desk().place("fails-first", "book"));
		fail.countDown();
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> Callers.get(first))
			.withCauseInstanceOf(IllegalStateException.class);
		assertThat(Callers.get(local)).isEqualTo(Callers.get(remote));
		assertThat(pair.one().effects("fails-first")).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void aDuplicateIsRefusedAtOnceWhereTheMethodSaysReject(TestDatabase server) throws Exception {
		Pair pair = instances(server);
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch finish = new CountDownLatch(1);
		pair.one().script().next = () -> {
			running.countDown();
			finish.await();
			return null;
		};
		Future<Receipt> first = this.callers.call(() -> pair.one().desk().placeOrReject("rejected", "book"));
		running.await();
		for (Instance instance : List.of(pair.one(), pair.other())) {
			assertThatExceptionOfType(IdempotencyConflictException.class)
				.isThrownBy(() -> instance.desk().placeOrReject("rejected", "book"))
				.satisfies((ex) -> assertThat(ex.retryAfter()).isPresent())
				.satisfies((ex) -> assertThat(ex.guardName()).isEqualTo("reject"));
		}
		assertThatExceptionOfType(IdempotencyKeyReusedException.class)
			.isThrownBy(() -> pair.one().desk().placeOrReject("rejected", "mug"));
		finish.countDown();
		Receipt reply = Callers.get(first);
		assertThat(pair.other().desk().placeOrReject("rejected", "book")).isEqualTo(reply);
	}

	@ParameterizedTest
	@EnumSource
	void aDuplicateGivesUpAfterMaxWait(TestDatabase server) throws Exception {
		Pair pair = instances(server);
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch finish = new CountDownLatch(1);
		pair.one().script().next = () -> {
			running.countDown();
			finish.await();
			return null;
		};
		Future<Receipt> first = this.callers.call(() -> pair.one().desk().placeImpatiently("impatient", "book"));
		running.await();
		for (Instance instance : List.of(pair.one(), pair.other())) {
			assertThatExceptionOfType(IdempotencyConflictException.class)
				.isThrownBy(() -> instance.desk().placeImpatiently("impatient", "book"));
		}
		finish.countDown();
		Callers.get(first);
		assertThat(pair.one().effects("impatient")).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void aFinalFailureIsRecordedWithoutItsEffectAndReplayed(TestDatabase server) {
		Pair pair = instances(server);
		pair.one().script().next = () -> {
			throw new OrderDesk.SoldOut("book");
		};
		int runs = pair.one().script().runs();
		for (Instance instance : List.of(pair.one(), pair.one(), pair.other())) {
			assertThatExceptionOfType(OrderDesk.SoldOut.class)
				.isThrownBy(() -> instance.desk().placeRemembering("remembered", "book"))
				.withMessage("Sold out: book");
		}
		assertThat(pair.one().script().runs()).isEqualTo(runs + 1);
		assertThat(pair.one().effects("remembered")).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void anExceptionThatCommitsByTheRollbackRulesIsRecordedWithItsEffect(TestDatabase server) {
		Pair pair = instances(server);
		pair.one().script().next = () -> {
			throw new OrderDesk.SoldOut("book");
		};
		for (Instance instance : List.of(pair.one(), pair.other())) {
			assertThatExceptionOfType(OrderDesk.SoldOut.class)
				.isThrownBy(() -> instance.desk().placeCommittingSoldOut("committed", "book"));
		}
		assertThat(pair.one().effects("committed")).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void rollbackOnlyIsNeverReportedAsSuccess(TestDatabase server) {
		Pair pair = instances(server);
		long stored = pair.one().stored();
		assertThatExceptionOfType(UnexpectedRollbackException.class)
			.isThrownBy(() -> pair.one().desk().placeRollbackOnly("rollback-only", "book"))
			.withMessageContaining("'rollback-only'");
		assertThat(pair.one().effects("rollback-only")).isZero();
		assertThat(pair.one().stored()).isEqualTo(stored);
	}

	@ParameterizedTest
	@EnumSource
	void aCheckedExceptionOfAMethodWithoutATransactionOfItsOwnLeavesNothing(TestDatabase server) {
		Pair pair = instances(server);
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> pair.one().desk().placeChecked("checked"));
		assertThat(pair.one().effects("checked")).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void waitersHoldNoConnection(TestDatabase server) throws Exception {
		String url = server.createDatabase();
		try (Instance busy = Instance.start(server, url);
				Instance waiting = Instance.start(smallPool(server, url), List.of(Script.class, OrderDesk.class))) {
			CountDownLatch running = new CountDownLatch(1);
			CountDownLatch finish = new CountDownLatch(1);
			busy.script().next = () -> {
				running.countDown();
				finish.await();
				return null;
			};
			Future<Receipt> first = this.callers.call(() -> busy.desk().place("hot", "book"));
			running.await();
			List<Future<Receipt>> duplicates = this.callers.call(30, () -> waiting.desk().place("hot", "book"));
			HikariDataSource pool = (HikariDataSource) waiting.get(DataSource.class);
			for (int request = 0; request < 20; request++) {
				assertThat(waiting.effects("unrelated")).isZero();
				assertThat(pool.getHikariPoolMXBean().getThreadsAwaitingConnection()).isLessThanOrEqualTo(1);
			}
			finish.countDown();
			for (Future<Receipt> duplicate : duplicates) {
				assertThat(Callers.get(duplicate)).isEqualTo(Callers.get(first));
			}
			assertThat(waiting.script().runs()).isZero();
		}
	}

	private static HikariDataSource smallPool(TestDatabase server, String url) {
		HikariConfig config = server.configuration(url);
		config.setMaximumPoolSize(2);
		return new HikariDataSource(config);
	}

	@ParameterizedTest
	@EnumSource
	void aReplyPastItsTimeIsUnavailableAndAKeyPastItsRetentionIsForgotten(TestDatabase server) {
		Pair pair = instances(server);
		pair.one().desk().placeShortLived("short");
		pass(pair.one(), "reply_until");
		for (Instance instance : List.of(pair.one(), pair.other())) {
			assertThatExceptionOfType(IdempotencyReplyUnavailableException.class)
				.isThrownBy(() -> instance.desk().placeShortLived("short"));
		}
		assertThat(pair.one().effects("short")).isOne();
		pass(pair.one(), "forget_at");
		assertThat(pair.other().desk().placeShortLived("short")).isNotNull();
		assertThat(pair.one().effects("short")).isEqualTo(2);
	}

	/**
	 * Let a moment that was an hour and more away be in the past.
	 */
	private static void pass(Instance instance, String moment) {
		int changed = instance.get(JdbcClient.class)
			.sql("UPDATE resilience_idempotency SET " + moment + " = " + moment + " - 7300000 WHERE id = ?")
			.param(IdempotencyId.of("short", null, "short").bytes())
			.update();
		assertThat(changed).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void argumentsThatCannotBeComparedAreRefusedBeforeAnythingRuns(TestDatabase server) {
		Pair pair = instances(server);
		assertThatIllegalArgumentException().isThrownBy(() -> pair.one().desk().opaque("opaque", new Object()))
			.withMessageContaining("fingerprint");
		assertThat(pair.one().effects("opaque")).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void aReplyThatCannotBeWrittenLeavesNoEffect(TestDatabase server) {
		Pair pair = instances(server);
		assertThatIllegalStateException().isThrownBy(() -> pair.one().desk().unwritable("unwritable"))
			.withMessageContaining("Nothing was committed");
		assertThat(pair.one().effects("unwritable")).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void withoutItsTableAMethodNeverRuns(TestDatabase server) {
		try (Instance instance = Instance.start(server, server.createDatabase())) {
			instance.get(JdbcClient.class).sql("DROP TABLE resilience_idempotency").update();
			assertThatExceptionOfType(DataAccessException.class)
				.isThrownBy(() -> instance.desk().place("no-store", "book"));
			assertThatExceptionOfType(DataAccessException.class)
				.isThrownBy(() -> instance.desk().charge("no-store", "book"));
			assertThat(instance.script().runs()).isZero();
			assertThat(instance.effects("no-store")).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource
	void keysAreComparedExactly(TestDatabase server) {
		Pair pair = instances(server);
		assertThat(pair.one().desk().place("Key-A", "book")).isNotEqualTo(pair.one().desk().place("key-a", "book"));
	}

}
