package io.github.resiliencestarter.idempotency;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.resiliencestarter.Wire;
import io.github.resiliencestarter.guard.VirtualClock;
import io.github.resiliencestarter.idempotency.OrderDesk.Receipt;
import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.datasource.DelegatingDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for leased calls whose owner and database cannot hear each other, over a real
 * line that is cut. Only the owner's clock is turned.
 */
class LeaseOutageTests {

	private static final String LEASE = "resilience.idempotency.instances[leased].lease=";

	private final String url = TestDatabase.POSTGRESQL.createDatabase();

	private final Callers callers = new Callers();

	@AfterEach
	void stop() {
		this.callers.close();
	}

	@Test
	void aClaimThatIsAnsweredLateIsRenewedAtOnce() throws Exception {
		CountDownLatch finish = new CountDownLatch(1);
		AtomicReference<Duration> remaining = new AtomicReference<>();
		try (Wire wire = new Wire(this.url);
				HikariDataSource pool = pool(wire);
				Instance owner = start(pool, "1h");
				Instance other = Instance.start(TestDatabase.POSTGRESQL, this.url)) {
			owner.script().next = () -> {
				remaining.set(IdempotencyLease.current().remaining());
				finish.await();
				return null;
			};
			AtomicLong until = new AtomicLong();
			Future<Receipt> call = claimAnsweredAfter(Duration.ofMinutes(50), wire, pool, owner, other,
					() -> until.set(leaseEnd(other)));
			// long before a third of the lease has passed
			await().until(() -> leaseEnd(other) > until.get());
			finish.countDown();
			assertThat(Callers.get(call)).isNotNull();
			assertThat(remaining.get()).isPositive();
		}
	}

	@Test
	void aClaimThatIsAnsweredAfterItsLeaseIsRenewedBeforeTheMethodBegins() throws Exception {
		AtomicReference<Duration> remaining = new AtomicReference<>();
		try (Wire wire = new Wire(this.url);
				HikariDataSource pool = pool(wire);
				Instance owner = start(pool, "1h");
				Instance other = Instance.start(TestDatabase.POSTGRESQL, this.url)) {
			owner.script().next = () -> {
				remaining.set(IdempotencyLease.current().remaining());
				return null;
			};
			assertThat(Callers.get(claimAnsweredAfter(Duration.ofHours(2), wire, pool, owner, other, () -> {
			}))).isNotNull();
			assertThat(remaining.get()).isBetween(Duration.ofMinutes(59), Duration.ofHours(1));
		}
	}

	/**
	 * Call with a claim that the database takes, and whose answer is lost.
	 */
	private Future<Receipt> claimAnsweredAfter(Duration outage, Wire wire, HikariDataSource pool, Instance owner,
			Instance witness, Runnable beforeItGoesOn) throws IOException {
		wire.cutAt("INTO RESILIENCE_IDEMPOTENCY", Wire.Cut.AFTER_AND_STAY_DOWN);
		Future<Receipt> call = this.callers.call(() -> owner.desk().charge("late", "book"));
		await().until(() -> call.isDone() || witness.stored() == 1);
		// then it has heard nothing, and asks again
		await().until(() -> call.isDone() || pool.getHikariPoolMXBean().getThreadsAwaitingConnection() == 1);
		owner.get(VirtualClock.class).advance(outage);
		beforeItGoesOn.run();
		wire.repair();
		return call;
	}

	@Test
	void aReplayWhoseLookIsCutOffAsksAgain() throws Exception {
		try (Wire wire = new Wire(this.url);
				HikariDataSource pool = pool(wire);
				Instance instance = start(pool, "1h")) {
			Receipt first = instance.desk().charge("again", "book");
			wire.cutAt("FROM RESILIENCE_IDEMPOTENCY", Wire.Cut.BEFORE);
			assertThat(instance.desk().charge("again", "book")).isEqualTo(first);
			assertThat(instance.effects("again")).isOne();
		}
	}

	@Test
	void anOwnerThatIsCutOffKnowsWhenItsLeaseIsOverAndChangesNothing() throws Exception {
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		AtomicReference<Duration> before = new AtomicReference<>();
		AtomicReference<Duration> after = new AtomicReference<>();
		try (Wire wire = new Wire(this.url);
				CutOffPool pool = new CutOffPool(pool(wire), wire);
				Instance owner = start(pool, "2s");
				Instance other = Instance.start(TestDatabase.POSTGRESQL, this.url)) {
			VirtualClock clock = owner.get(VirtualClock.class);
			owner.script().next = () -> {
				wire.cut();
				IdempotencyLease lease = IdempotencyLease.current();
				before.set(lease.remaining());
				clock.advance(Duration.ofSeconds(2));
				after.set(lease.remaining());
				running.countDown();
				goOn.await();
				return null;
			};
			Future<Receipt> cutOff = this.callers.call(() -> owner.desk().charge("cut-off", "book"));
			running.await();
			Receipt winner = other.desk().charge("cut-off", "book");
			goOn.countDown();
			// it tries for a while to have its effect recorded
			await().until(() -> {
				clock.advance(Duration.ofSeconds(5));
				return cutOff.isDone();
			});
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> Callers.get(cutOff))
				.withCauseInstanceOf(DataAccessResourceFailureException.class)
				.withMessageContaining("'leased' has run, but the database took no record of it");
			assertThat(before.get()).isPositive();
			assertThat(after.get()).isZero();
			assertThat(other.script().runs()).isOne();
			assertThat(other.desk().charge("cut-off", "book")).isEqualTo(winner);
		}
	}

	@Test
	void aLeaseIsRenewedUntilItsCallIsOnRecord() throws Exception {
		CompletableFuture<Void> recording = new CompletableFuture<>();
		CountDownLatch goOn = new CountDownLatch(1);
		AtomicReference<Thread> stopped = new AtomicReference<>();
		try (HikariDataSource pool = TestDatabase.POSTGRESQL.createDataSource(this.url);
				Instance owner = start(new DelegatingDataSource(pool) {

					@Override
					public Connection getConnection() throws SQLException {
						if (Thread.currentThread() == stopped.get()) {
							recording.complete(null);
							await().until(() -> goOn.getCount() == 0);
						}
						return super.getConnection();
					}

				}, "2s")) {
			owner.script().next = () -> {
				stopped.set(Thread.currentThread());
				return null;
			};
			Future<Receipt> call = this.callers.call(() -> owner.desk().charge("recorded", "book"));
			Callers.get(recording);
			// the first one may have been under way
			for (int renewal = 0; renewal < 2; renewal++) {
				long until = leaseEnd(owner);
				await().until(() -> leaseEnd(owner) > until);
			}
			goOn.countDown();
			assertThat(Callers.get(call)).isNotNull();
			assertThat(owner.script().runs()).isOne();
		}
	}

	private Instance start(DataSource dataSource, String lease) {
		return Instance.start(dataSource, List.of(Script.class, OrderDesk.class, VirtualClock.class), LEASE + lease);
	}

	/**
	 * A single connection, so that a broken one is not followed by another.
	 */
	private static HikariDataSource pool(Wire wire) {
		HikariConfig configuration = TestDatabase.POSTGRESQL
			.configuration(wire.url() + (wire.url().contains("?") ? "&" : "?") + "prepareThreshold=0");
		configuration.setMaximumPoolSize(1);
		configuration.setConnectionTimeout(120_000);
		return new HikariDataSource(configuration);
	}

	private static long leaseEnd(Instance instance) {
		return instance.count("SELECT MAX(lease_until) FROM resilience_idempotency");
	}

}
