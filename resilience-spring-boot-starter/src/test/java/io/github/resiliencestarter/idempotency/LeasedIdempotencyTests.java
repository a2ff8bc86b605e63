package io.github.resiliencestarter.idempotency;

import java.sql.Connection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;
import io.github.resiliencestarter.idempotency.OrderDesk.Receipt;
import io.github.resiliencestarter.jdbc.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for mode LEASED on every database, with two instances.
 */
class LeasedIdempotencyTests {

	private static final String LEASE = "resilience.idempotency.instances[leased].lease=";

	private final Callers callers = new Callers();

	@AfterEach
	void stop() {
		this.callers.close();
	}

	@ParameterizedTest
	@EnumSource
	void aDuplicateWaitsForTheOwnerInAnotherInstanceAndGetsItsReply(TestDatabase server) throws Exception {
		String url = server.createDatabase();
		try (Instance one = Instance.start(server, url); Instance other = Instance.start(server, url)) {
			CountDownLatch running = new CountDownLatch(1);
			CountDownLatch finish = new CountDownLatch(1);
			AtomicLong token = new AtomicLong();
			one.script().next = () -> {
				token.set(IdempotencyLease.current().token());
				running.countDown();
				finish.await();
				return null;
			};
			Future<Receipt> first = this.callers.call(() -> one.desk().charge("charge", "book"));
			running.await();
			Future<Receipt> second = this.callers.call(() -> other.desk().charge("charge", "book"));
			assertThatExceptionOfType(IdempotencyKeyReusedException.class)
				.isThrownBy(() -> other.desk().charge("charge", "mug"));
			finish.countDown();
			assertThat(Callers.get(second)).isEqualTo(Callers.get(first));
			assertThat(one.effects("charge")).isOne();
			assertThat(token.get()).isPositive();
			assertThatIllegalStateException().isThrownBy(IdempotencyLease::current);
		}
	}

	@ParameterizedTest
	@EnumSource
	void anotherCallWithTheKeyIsRefusedWhileADuplicateOfItsInstanceWaitsForTheOwner(TestDatabase server)
			throws Exception {
		String url = server.createDatabase();
		try (Instance one = Instance.start(server, url); Instance other = Instance.start(server, url)) {
			CountDownLatch running = new CountDownLatch(1);
			CountDownLatch finish = new CountDownLatch(1);
			one.script().next = () -> {
				running.countDown();
				finish.await();
				return null;
			};
			Future<Receipt> first = this.callers.call(() -> one.desk().charge("behind", "book"));
			running.await();
			FutureTask<Receipt> second = new FutureTask<>(() -> other.desk().charge("behind", "book"));
			Thread waiting = new Thread(second, "duplicate");
			waiting.start();
			await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
			assertThatExceptionOfType(IdempotencyKeyReusedException.class)
				.isThrownBy(() -> other.desk().charge("behind", "mug"));
			finish.countDown();
			assertThat(Callers.get(second)).isEqualTo(Callers.get(first));
			assertThat(other.script().runs()).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource
	void aLongRunningOwnerKeepsItsLeaseByHeartbeat(TestDatabase server) throws Exception {
		String url = server.createDatabase();
		try (Instance one = Instance.start(server, url, LEASE + "15s"); Instance other = Instance.start(server, url)) {
			CountDownLatch running = new CountDownLatch(1);
			CountDownLatch finish = new CountDownLatch(1);
			one.script().next = () -> {
				running.countDown();
				finish.await();
				return null;
			};
			Future<Receipt> first = this.callers.call(() -> one.desk().charge("long", "book"));
			running.await();
			long until = leaseEnd(one);
			// a third of the lease later; two thirds are left for a busy machine
			await().until(() -> leaseEnd(one) > until);
			Future<Receipt> second = this.callers.call(() -> other.desk().charge("long", "book"));
			finish.countDown();
			assertThat(Callers.get(second)).isEqualTo(Callers.get(first));
			assertThat(other.script().runs()).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource
	void aHeartbeatThatHasToWaitHoldsUpNoOther(TestDatabase server) throws Exception {
		try (Instance one = Instance.start(server, server.createDatabase(), LEASE + "15s")) {
			CountDownLatch finish = new CountDownLatch(1);
			one.script().next = () -> {
				finish.await();
				return null;
			};
			Future<Receipt> stuck = this.callers.call(() -> one.desk().charge("stuck", "book"));
			await().until(() -> one.stored() == 1);
			PlatformTransactionManager transactions = one.get(PlatformTransactionManager.class);
			TransactionStatus locking = transactions.getTransaction(readCommitted());
			try {
				one.get(JdbcClient.class).sql("SELECT id FROM resilience_idempotency FOR UPDATE").query().listOfRows();
				Future<Receipt> free = this.callers.call(() -> one.desk().charge("free", "book"));
				await().until(() -> one.stored() == 2);
				long until = leaseEnd(one);
				await().until(() -> leaseEnd(one) > until);
				finish.countDown();
				Callers.get(free);
			}
			finally {
				transactions.rollback(locking);
			}
			Callers.get(stuck);
			assertThat(one.script().runs()).isEqualTo(2);
		}
	}

	private static TransactionDefinition readCommitted() {
		DefaultTransactionDefinition definition = new DefaultTransactionDefinition();
		definition.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
		return definition;
	}

	private static long leaseEnd(Instance instance) {
		return instance.count("SELECT MAX(lease_until) FROM resilience_idempotency");
	}

	@ParameterizedTest
	@EnumSource
	void anOwnerPausedBeyondItsLeaseChangesNothingAndGetsTheWinnersReply(TestDatabase server) throws Exception {
		String url = server.createDatabase();
		try (Instance one = Instance.start(server, url, LEASE + "1s"); Instance other = Instance.start(server, url)) {
			CountDownLatch running = new CountDownLatch(1);
			CountDownLatch revive = new CountDownLatch(1);
			AtomicLong oldToken = new AtomicLong();
			AtomicLong newToken = new AtomicLong();
			one.script().next = () -> {
				oldToken.set(IdempotencyLease.current().token());
				running.countDown();
				revive.await();
				return null;
			};
			other.script().next = () -> {
				newToken.set(IdempotencyLease.current().token());
				return null;
			};
			Future<Receipt> paused = this.callers.call(() -> one.desk().charge("paused", "book"));
			running.await();
			// a paused process gives no signs of life
			one.get(Heartbeats.class).close();
			Receipt winner = Callers.get(this.callers.call(() -> other.desk().charge("paused", "book")));
			revive.countDown();
			assertThat(Callers.get(paused)).isEqualTo(winner);
			assertThat(newToken.get()).isGreaterThan(oldToken.get());
			assertThat(other.desk().charge("paused", "book")).isEqualTo(winner);
		}
	}

	@ParameterizedTest
	@EnumSource
	void aFailureGivesTheKeyBack(TestDatabase server) {
		String url = server.createDatabase();
		try (Instance one = Instance.start(server, url)) {
			one.script().next = () -> {
				one.script().next = () -> null;
				throw new IllegalStateException("boom");
			};
			assertThatIllegalStateException().isThrownBy(() -> one.desk().charge("failed", "book"));
			assertThat(one.desk().charge("failed", "mug").sku()).isEqualTo("mug");
			assertThatExceptionOfType(IdempotencyKeyReusedException.class)
				.isThrownBy(() -> one.desk().charge("failed", "book"));
		}
	}

	@ParameterizedTest
	@EnumSource
	void anEffectIsRecordedAlsoWhenItsCallerWasInterruptedAndHasNoTimeLeft(TestDatabase server) throws Exception {
		HikariConfig single = server.configuration(server.createDatabase());
		single.setMaximumPoolSize(1);
		try (HikariDataSource pool = new HikariDataSource(single);
				Instance one = Instance.start(pool, List.of(Script.class, OrderDesk.class))) {
			CompletableFuture<Connection> taken = new CompletableFuture<>();
			one.script().next = () -> {
				taken.complete(pool.getConnection());
				TimeBudget.ofThread().shortenTo(MonotonicClock.system().nanoTime());
				Thread.currentThread().interrupt();
				return null;
			};
			AtomicBoolean stillInterrupted = new AtomicBoolean();
			Future<Receipt> first = this.callers.call(() -> {
				Receipt receipt = one.desk().charge("interrupted", "book");
				stillInterrupted.set(Thread.interrupted());
				return receipt;
			});
			Connection only = Callers.get(taken);
			await().until(() -> first.isDone() || pool.getHikariPoolMXBean().getThreadsAwaitingConnection() > 0);
			only.close();
			Receipt receipt = Callers.get(first);
			assertThat(stillInterrupted).isTrue();
			assertThat(one.desk().charge("interrupted", "book")).isEqualTo(receipt);
			assertThat(one.script().runs()).isOne();
		}
	}

	@ParameterizedTest
	@EnumSource
	void anEffectOutsideTheDatabaseIsNotRepeatedWhenTheOuterTransactionIs(TestDatabase server) {
		String url = server.createDatabase();
		try (Instance one = Instance.start(server, url)) {
			TransactionTemplate outer = new TransactionTemplate(one.get(PlatformTransactionManager.class));
			for (int run = 0; run < 2; run++) {
				outer.executeWithoutResult((status) -> {
					one.desk().charge("outer", "book");
					status.setRollbackOnly();
				});
			}
			assertThat(one.script().runs()).isOne();
		}
	}

	@ParameterizedTest
	@EnumSource
	void aWinnerThatStillRunsIsAConflictForTheOwnerThatComesBack(TestDatabase server) throws Exception {
		String url = server.createDatabase();
		try (Instance one = Instance.start(server, url, "resilience.idempotency.instances[leased].max-wait=300ms",
				LEASE + "1s"); Instance other = Instance.start(server, url)) {
			CountDownLatch running = new CountDownLatch(1);
			CountDownLatch revive = new CountDownLatch(1);
			CountDownLatch taken = new CountDownLatch(1);
			CountDownLatch finish = new CountDownLatch(1);
			one.script().next = () -> {
				running.countDown();
				revive.await();
				return null;
			};
			other.script().next = () -> {
				taken.countDown();
				finish.await();
				return null;
			};
			Future<Receipt> paused = this.callers.call(() -> one.desk().charge("contested", "book"));
			running.await();
			one.get(Heartbeats.class).close();
			Future<Receipt> winner = this.callers.call(() -> other.desk().charge("contested", "book"));
			taken.await();
			revive.countDown();
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> Callers.get(paused))
				.withCauseInstanceOf(IdempotencyConflictException.class);
			finish.countDown();
			assertThat(Callers.get(winner)).isNotNull();
		}
	}

}
