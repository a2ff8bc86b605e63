package io.github.resiliencestarter.outbox.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.TestDatabase;
import io.github.resiliencestarter.outbox.Exchange;
import io.github.resiliencestarter.outbox.Exchanged;
import io.github.resiliencestarter.outbox.ShardLease;
import io.github.resiliencestarter.outbox.ShardTurn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;
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
			await().until(() -> !free(dataSource).isEmpty());
			goOn.countDown();
			assertThat(stopped).failsWithin(Duration.ofMinutes(2));
			assertThat(jdbc.queryForObject("SELECT epoch FROM resilience_outbox_lease", Integer.class)).isZero();
		}
		finally {
			thread.shutdownNow();
		}
	}

	@Test
	void neitherDoThoseOfAnExchangeThatHasYetToRecordWhatItFetched() throws Exception {
		TestDatabase server = TestDatabase.POSTGRESQL;
		ExecutorService thread = Executors.newSingleThreadExecutor();
		CountDownLatch goOn = new CountDownLatch(1);
		try (HikariDataSource pool = server.createDataSource()) {
			CountDownLatch locked = new CountDownLatch(1);
			ResilienceDatabase database = server.withTables(new StoppingDataSource(pool, "SET in_flight", () -> {
				locked.countDown();
				stop(goOn);
			}));
			JdbcOutboxStore store = new JdbcOutboxStore(database, MonotonicClock.system(), LEASE, false);
			store.prepare(1);
			ShardLease lease = store.acquire("a", 1, LEASE).get(0);
			Exchange exchange = new Exchange("a", List.of(new ShardTurn(lease, List.of(), List.of(), false, 0, 1, 0)),
					List.of(), List.of(), Set.of("t"), 0, 0);
			Future<Exchanged> stopped = thread.submit(() -> store.exchange(exchange));
			locked.await();
			assertThat(free(pool)).isEmpty();
			await().until(() -> !free(pool).isEmpty());
			goOn.countDown();
			assertThat(stopped).failsWithin(Duration.ofMinutes(2));
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

	private static List<Integer> free(DataSource dataSource) {
		return JdbcClient.create(dataSource)
			.sql("SELECT shard FROM resilience_outbox_lease FOR UPDATE SKIP LOCKED")
			.query(Integer.class)
			.list();
	}

	/**
	 * Does something before it prepares a statement.
	 */
	private static final class StoppingDataSource extends DelegatingDataSource {

		private final String sql;

		private final Runnable action;

		private StoppingDataSource(DataSource target, String sql, Runnable action) {
			super(target);
			this.sql = sql;
			this.action = action;
		}

		@Override
		public Connection getConnection() throws SQLException {
			Connection connection = super.getConnection();
			return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Connection.class },
					(proxy, method, arguments) -> {
						if (method.getName().equals("prepareStatement") && ((String) arguments[0]).contains(this.sql)) {
							this.action.run();
						}
						try {
							return method.invoke(connection, arguments);
						}
						catch (InvocationTargetException ex) {
							throw ex.getCause();
						}
					});
		}

	}

}
