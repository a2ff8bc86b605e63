package io.github.resiliencestarter.outbox.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.jdbc.TestDatabase;
import io.github.resiliencestarter.outbox.Exchange;
import io.github.resiliencestarter.outbox.Exchanged;
import io.github.resiliencestarter.outbox.NewMessage;
import io.github.resiliencestarter.outbox.ShardLease;
import io.github.resiliencestarter.outbox.ShardTurn;
import io.github.resiliencestarter.outbox.StoredMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * The exchange that PostgreSQL has to itself. What all databases do alike is in
 * {@link JdbcOutboxStoreTests}.
 */
class PostgresExchangesTests {

	private static final TestDatabase SERVER = TestDatabase.POSTGRESQL;

	private HikariDataSource pool = SERVER.createDataSource();

	@AfterEach
	void close() {
		this.pool.close();
	}

	@Test
	void whatCannotBeRecordedIsNeitherFetchedNorSettled() {
		JdbcOutboxStore store = open();
		ShardLease lease = acquire(store);
		append(store, 2);
		StoredMessage first = fetch(store, lease, 1).get(0);
		sql("ALTER TABLE resilience_outbox_lease ADD CHECK (in_flight NOT LIKE '%" + (first.id() + 1) + "%')");
		ShardTurn turn = new ShardTurn(lease, List.of(first), List.of(), false, first.id(), 10, 0);
		assertThatExceptionOfType(DataIntegrityViolationException.class)
			.isThrownBy(() -> store.exchange(exchange(turn)));
		assertThat(count("resilience_outbox")).isEqualTo(2);
		assertThat(inFlight()).isEqualTo(String.valueOf(first.id()));
	}

	@Test
	void whoLostItsLeaseWhileItWaitedForItIsToldSoWhateverTheDatabasesIsolation() throws Exception {
		sql("ALTER DATABASE " + database() + " SET default_transaction_isolation = 'serializable'");
		this.pool.getHikariPoolMXBean().softEvictConnections();
		JdbcOutboxStore store = open();
		ShardLease lease = acquire(store);
		append(store, 1);
		CompletableFuture<Exchanged> exchanged;
		try (Connection other = this.pool.getConnection()) {
			other.setAutoCommit(false);
			other.createStatement().execute("UPDATE resilience_outbox_lease SET owner = 'b', epoch = epoch + 1");
			exchanged = CompletableFuture.supplyAsync(
					() -> store.exchange(exchange(new ShardTurn(lease, List.of(), List.of(), false, 0, 10, 0))));
			await().until(() -> SERVER.isSomebodyBlocked(this.pool));
			other.commit();
		}
		assertThat(exchanged.join().lost()).containsExactly(0);
		assertThat(exchanged.join().fetched()).isEmpty();
		assertThat(count("resilience_outbox_lease WHERE in_flight IS NOT NULL")).isZero();
	}

	/**
	 * An application behind a connection pooler that mixes sessions up sets 0.
	 */
	@ParameterizedTest
	@CsvSource({ "5, true", "0, false" })
	void theServerKeepsTheStatementsFromTheirFirstUseIfItMay(String threshold, boolean kept) {
		this.pool.close();
		HikariConfig one = SERVER.configuration(SERVER.createDatabase());
		one.setMaximumPoolSize(1);
		one.addDataSourceProperty("prepareThreshold", threshold);
		this.pool = new HikariDataSource(one);
		JdbcOutboxStore store = open();
		ShardLease lease = acquire(store);
		append(store, 1);
		assertThat(fetch(store, lease, 1)).hasSize(1);
		List<Map<String, Object>> statements = JdbcClient.create(this.pool)
			.sql("SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%held AS MATERIALIZED%'"
					+ " OR statement LIKE '%SET in_flight%'")
			.query()
			.listOfRows();
		assertThat(statements).hasSize(kept ? 2 : 0);
	}

	private JdbcOutboxStore open() {
		JdbcOutboxStore store = new JdbcOutboxStore(SERVER.withTables(this.pool), MonotonicClock.system(),
				Duration.ofMinutes(1), false);
		store.prepare(1);
		return store;
	}

	private static ShardLease acquire(JdbcOutboxStore store) {
		return store.acquire("a", 1, Duration.ofHours(1)).get(0);
	}

	private void append(JdbcOutboxStore store, int count) {
		TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(this.pool));
		for (int message = 0; message < count; message++) {
			NewMessage stored = new NewMessage(0, UUID.randomUUID().toString(), "t", null, null, "{}", 0, 0);
			transaction.executeWithoutResult((status) -> store.append(List.of(stored), true));
		}
	}

	private static List<StoredMessage> fetch(JdbcOutboxStore store, ShardLease lease, int most) {
		return store.exchange(exchange(new ShardTurn(lease, List.of(), List.of(), false, 0, most, 0))).fetched();
	}

	private static Exchange exchange(ShardTurn turn) {
		return new Exchange("a", List.of(turn), List.of(), List.of(), Set.of("t"), 0, 0);
	}

	private String database() {
		return JdbcClient.create(this.pool).sql("SELECT current_database()").query(String.class).single();
	}

	private int count(String table) {
		return JdbcClient.create(this.pool).sql("SELECT COUNT(*) FROM " + table).query(Integer.class).single();
	}

	private String inFlight() {
		return JdbcClient.create(this.pool)
			.sql("SELECT in_flight FROM resilience_outbox_lease")
			.query(String.class)
			.single();
	}

	private void sql(String sql) {
		try (Connection connection = this.pool.getConnection()) {
			connection.createStatement().execute(sql);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
