package io.github.resiliencestarter.throttle;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.github.resiliencestarter.guard.VirtualClock;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ClusterPermits} and what is below them, on real databases, with two
 * instances of the application.
 */
class ClusterPermitsTests {

	private static final long HOUR = Duration.ofHours(1).toNanos();

	private final VirtualClock clock = new VirtualClock();

	private final List<AutoCloseable> opened = new ArrayList<>();

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable closeable : this.opened) {
			closeable.close();
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void twoInstancesShareOneLimitHoweverManyThreadsCall(TestDatabase server) throws Exception {
		String url = server.createDatabase();
		RateLimit limit = limit("20/h");
		List<Permits> instances = List.of(instance(server, url, limit), instance(server, url, limit));
		ExecutorService callers = Executors.newFixedThreadPool(8);
		List<Future<Integer>> taken = new ArrayList<>();
		for (int caller = 0; caller < 8; caller++) {
			Permits permits = instances.get(caller % 2);
			taken.add(callers.submit(() -> takeAll(permits, "shared", limit)));
		}
		int total = 0;
		for (Future<Integer> each : taken) {
			total += each.get();
		}
		callers.shutdown();
		assertThat(total).isEqualTo(20);
		assertThat(takeAll(instances.get(0), "another", limit)).isEqualTo(20);
	}

	/** Inserting and then locking made MariaDB choose deadlock victims. */
	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void theFirstCallsOfAKeyDoNotFailEachOther(TestDatabase server) throws Exception {
		String url = server.createDatabase();
		RateLimit limit = limit("3/h");
		List<Permits> instances = List.of(instance(server, url, limit), instance(server, url, limit));
		ExecutorService callers = Executors.newFixedThreadPool(8);
		for (int key = 0; key < 15; key++) {
			String fresh = "key" + key;
			List<Callable<Long>> calls = new ArrayList<>();
			for (int caller = 0; caller < 8; caller++) {
				Permits permits = instances.get(caller % 2);
				calls.add(() -> permits.take(fresh, limit, 0, 0));
			}
			List<Long> waits = new ArrayList<>();
			for (Future<Long> wait : callers.invokeAll(calls)) {
				waits.add(wait.get());
			}
			assertThat(waits).doesNotContain(-TimeUnit.SECONDS.toNanos(1)).filteredOn((wait) -> wait == 0).hasSize(3);
		}
		callers.shutdown();
	}

	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void aRefusalTellsTheWaitAndAReservationIsSharedToo(TestDatabase server) {
		String url = server.createDatabase();
		RateLimit limit = limit("1/h");
		Permits one = instance(server, url, limit);
		Permits other = instance(server, url, limit);
		assertThat(one.take(null, limit, 0, 0)).isZero();
		assertThat(other.take(null, limit, 0, 0)).isBetween(-HOUR, -HOUR / 2);
		assertThat(other.take(null, limit, 0, 3 * HOUR)).isBetween(HOUR / 2, HOUR);
		assertThat(one.take(null, limit, 0, HOUR)).isBetween(-2 * HOUR, -HOUR);
	}

	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void anUnusedPermitComesBackToAllInstances(TestDatabase server) {
		String url = server.createDatabase();
		RateLimit limit = limit("1/h");
		Permits one = instance(server, url, limit);
		Permits other = instance(server, url, limit);
		assertThat(one.take(null, limit, 0, 0)).isZero();
		one.giveBack(null, limit, 0, 0, 1);
		await().untilAsserted(() -> assertThat(other.take(null, limit, 0, 0)).isZero());
	}

	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void aPermitStaysUsedWhenTheCallersTransactionRollsBack(TestDatabase server) {
		HikariDataSource dataSource = dataSource(server, server.createDatabase());
		RateLimit limit = limit("1/h");
		Permits permits = permits(server.withTables(dataSource), limit, OnStoreFailure.REJECT);
		new TransactionTemplate(new JdbcTransactionManager(dataSource)).executeWithoutResult((status) -> {
			assertThat(permits.take(null, limit, 0, 0)).isZero();
			status.setRollbackOnly();
		});
		assertThat(permits.take(null, limit, 0, 0)).isNegative();
	}

	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void aChangeOfTheLimitKeepsUsedPermitsUsedAndGoingToAndFroGainsNone(TestDatabase server) {
		String url = server.createDatabase();
		RateLimit small = limit("2/h");
		RateLimit large = limit("20/h");
		Permits one = instance(server, url, small);
		Permits other = instance(server, url, large);
		assertThat(takeAll(one, "key", small)).isEqualTo(2);
		assertThat(takeAll(other, "key", large)).isZero();
		assertThat(takeAll(one, "key", small)).isZero();
		assertThat(takeAll(one, "fresh", large)).isEqualTo(20);
	}

	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void whileTheDatabaseDoesNotAnswerTheConfiguredOutcomeComesInTime(TestDatabase server) throws Exception {
		HikariDataSource dataSource = dataSource(server, server.createDatabase());
		ResilienceDatabase database = server.withTables(dataSource);
		// what is asked for too late may be taken all the same, and some must be left
		RateLimit limit = limit("500/h");
		assertThat(permits(database, limit, OnStoreFailure.REJECT).take(null, limit, 0, 0)).isZero();
		Permits permits = new ClusterPermits("test", limit, store(database, Duration.ofMillis(300)),
				OnStoreFailure.LIMIT_LOCALLY, new SinglePermits(limit));
		try (Connection blocker = dataSource.getConnection()) {
			blocker.setAutoCommit(false);
			try (PreparedStatement lock = blocker.prepareStatement("SELECT id FROM resilience_throttle FOR UPDATE")) {
				lock.executeQuery();
				assertThat(takeAll(permits, null, limit)).as("the instance's own").isEqualTo(500);
			}
			blocker.rollback();
		}
		assertThat(permits.take(null, limit, 0, 0)).as("not asked again for a second").isNegative();
		await().untilAsserted(() -> {
			this.clock.advance(Duration.ofSeconds(1));
			assertThat(permits.take(null, limit, 0, 0)).as("the shared one again").isZero();
		});
	}

	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void aClosedPoolIsAllowedOrRejectedAsConfigured(TestDatabase server) {
		HikariDataSource dataSource = dataSource(server, server.createDatabase());
		ResilienceDatabase database = server.withTables(dataSource);
		RateLimit limit = limit("1/h");
		Permits allowing = permits(database, limit, OnStoreFailure.ALLOW);
		Permits rejecting = permits(database, limit, OnStoreFailure.REJECT);
		dataSource.close();
		for (int call = 0; call < 3; call++) {
			assertThat(allowing.take(null, limit, 0, 0)).isZero();
			assertThat(rejecting.take(null, limit, 0, 0)).isEqualTo(-TimeUnit.SECONDS.toNanos(1));
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void expiredRowsDoNotStayForTheUserToDelete(TestDatabase server) {
		HikariDataSource dataSource = dataSource(server, server.createDatabase());
		ResilienceDatabase database = server.withTables(dataSource);
		JdbcClient jdbc = JdbcClient.create(dataSource);
		new TransactionTemplate(new JdbcTransactionManager(dataSource)).executeWithoutResult((status) -> {
			for (int row = 0; row < 1100; row++) {
				jdbc.sql(database.sql("INSERT INTO resilience_throttle (id, expires_at) VALUES (?, {now} - 1)"))
					.param("expired" + row)
					.update();
			}
		});
		BucketStore store = store(database);
		RateLimit limit = limit("1/h");
		new ClusterPermits("test", limit, store, OnStoreFailure.REJECT, new SinglePermits(limit)).take(null, limit, 0,
				0);
		store.purge();
		assertThat(jdbc.sql("SELECT COUNT(*) FROM resilience_throttle").query(Long.class).single()).isEqualTo(1);
		assertThat(
				jdbc.sql(database.sql("SELECT expires_at - {now} FROM resilience_throttle")).query(Long.class).single())
			.isGreaterThan(Duration.ofMinutes(60).toMillis());
	}

	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void anInterruptedCallerIsReleasedWithItsFlag(TestDatabase server) {
		HikariDataSource dataSource = dataSource(server, server.createDatabase());
		RateLimit limit = limit("1/h");
		Permits permits = permits(server.withTables(dataSource), limit, OnStoreFailure.REJECT);
		Thread.currentThread().interrupt();
		assertThat(permits.take(null, limit, 0, 0)).isNegative();
		assertThat(Thread.interrupted()).isTrue();
	}

	@ParameterizedTest
	@EnumSource(names = "POSTGRESQL")
	void aClosedStoreLeavesNoThread(TestDatabase server) {
		BucketStore store = store(server.withTables(dataSource(server, server.createDatabase())));
		assertThat(store.<Integer>ask(() -> 1)).isEqualTo(1);
		store.close();
		await().untilAsserted(
				() -> assertThat(Thread.getAllStackTraces().keySet()).filteredOn((thread) -> thread.isAlive())
					.extracting(Thread::getName)
					.noneMatch((name) -> name.startsWith("resilience-throttle-")));
		assertThat(store.<Integer>ask(() -> 1)).isNull();
	}

	private Permits instance(TestDatabase server, String url, RateLimit limit) {
		return permits(server.withTables(dataSource(server, url)), limit, OnStoreFailure.REJECT);
	}

	private Permits permits(ResilienceDatabase database, RateLimit limit, OnStoreFailure onStoreFailure) {
		return new ClusterPermits("test", limit, store(database), onStoreFailure, new SinglePermits(limit));
	}

	private BucketStore store(ResilienceDatabase database) {
		return store(database, Duration.ofSeconds(20));
	}

	private BucketStore store(ResilienceDatabase database, Duration timeout) {
		BucketStore store = new BucketStore(database, new ThrottleProperties.Store(timeout, Duration.ofHours(1)),
				this.clock);
		this.opened.add(0, store);
		return store;
	}

	private HikariDataSource dataSource(TestDatabase server, String url) {
		HikariDataSource dataSource = server.createDataSource(url);
		this.opened.add(dataSource);
		return dataSource;
	}

	private static int takeAll(Permits permits, String key, RateLimit limit) {
		int taken = 0;
		while (permits.take(key, limit, 0, 0) == 0) {
			taken++;
		}
		return taken;
	}

	private static RateLimit limit(String rate) {
		return Limits.rateLimit(Rate.valueOf(rate), null);
	}

}
