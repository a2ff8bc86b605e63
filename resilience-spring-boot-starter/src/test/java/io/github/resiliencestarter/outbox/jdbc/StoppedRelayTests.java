package io.github.resiliencestarter.outbox.jdbc;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A relay that stops in the middle of a transaction, as when its machine is paused. Its
 * connection stays open, and the server hears nothing from it.
 */
class StoppedRelayTests {

	private static final Duration LEASE = Duration.ofSeconds(10);

	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void itsLocksDoNotOutliveItByMuchEvenIfOnlyTheCommitIsMissing(TestDatabase server) throws Exception {
		ExecutorService thread = Executors.newSingleThreadExecutor();
		CountDownLatch goOn = new CountDownLatch(1);
		try (HikariDataSource dataSource = server.createDataSource()) {
			ResilienceDatabase database = server.withTables(dataSource);
			new JdbcOutboxStore(database, MonotonicClock.system(), LEASE, false).prepare(1);
			CountDownLatch locked = new CountDownLatch(1);
			JdbcTemplate jdbc = new JdbcTemplate(dataSource);
			Future<Integer> stopped = thread.submit(() -> new RelayTransaction(jdbc, database, LEASE).execute(() -> {
				TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

					@Override
					public void beforeCompletion() {
						locked.countDown();
						stop(goOn);
					}

				});
				return jdbc.update("UPDATE resilience_outbox_lease SET epoch = 7");
			}));
			locked.await();
			await().until(() -> !JdbcClient.create(dataSource)
				.sql("SELECT shard FROM resilience_outbox_lease FOR UPDATE SKIP LOCKED")
				.query()
				.listOfRows()
				.isEmpty());
			goOn.countDown();
			assertThat(stopped).failsWithin(Duration.ofMinutes(2));
			assertThat(jdbc.queryForObject("SELECT epoch FROM resilience_outbox_lease", Integer.class)).isZero();
		}
		finally {
			thread.shutdownNow();
		}
	}

	@Test
	void aConnectionIsGivenBackWithTheLimitThatItHad() {
		TestDatabase server = TestDatabase.MARIADB;
		HikariConfig config = server.configuration(server.createDatabase());
		config.setMaximumPoolSize(1);
		config.setConnectionInitSql("SET SESSION wait_timeout = 1234");
		try (HikariDataSource dataSource = new HikariDataSource(config)) {
			JdbcTemplate jdbc = new JdbcTemplate(dataSource);
			String limit = "SELECT @@SESSION.wait_timeout";
			Integer within = new RelayTransaction(jdbc, server.withTables(dataSource), Duration.ofHours(1))
				.execute(() -> jdbc.queryForObject(limit, Integer.class));
			assertThat(within).isLessThan(1234);
			assertThat(jdbc.queryForObject(limit, Integer.class)).isEqualTo(1234);
		}
	}

	private static void stop(CountDownLatch until) {
		try {
			until.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
