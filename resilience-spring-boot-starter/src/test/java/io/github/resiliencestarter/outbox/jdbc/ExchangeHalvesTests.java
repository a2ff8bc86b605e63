package io.github.resiliencestarter.outbox.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
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
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * A large exchange on PostgreSQL is two transactions at the same time.
 */
class ExchangeHalvesTests {

	private static final TestDatabase SERVER = TestDatabase.POSTGRESQL;

	private static final int MUCH = 4;

	private HikariDataSource pool = SERVER.createDataSource();

	private final Connections connections = new Connections();

	private JdbcOutboxStore store = open();

	private List<ShardLease> leases = this.store.acquire("a", 2, Duration.ofHours(1));

	private JdbcOutboxStore open() {
		this.connections.setTargetDataSource(this.pool);
		ResilienceDatabase database = SERVER.withTables(this.connections);
		JdbcOutboxStore opened = new JdbcOutboxStore(database, MonotonicClock.system(), Duration.ofMinutes(1), false,
				false, MUCH);
		opened.prepare(2);
		return opened;
	}

	@AfterEach
	void close() {
		this.pool.close();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1 })
	void oneHalfCommitsWhileTheOtherWaits(int blocked) throws Exception {
		Exchange exchange = exchange(MUCH);
		CompletableFuture<Exchanged> exchanged;
		try (Connection blocker = block(blocked)) {
			exchanged = CompletableFuture.supplyAsync(() -> this.store.exchange(exchange));
			await().until(() -> stored(1 - blocked) == 1);
			assertThat(exchanged).isNotDone();
			assertThat(stored(blocked)).isEqualTo(3);
			blocker.rollback();
		}
		assertThat(exchanged.join().lost()).isEmpty();
		assertThat(exchanged.join().fetched()).extracting(StoredMessage::shard).containsExactlyInAnyOrder(0, 1);
		assertThat(stored(blocked)).isOne();
	}

	@Test
	void theFirstExchangePreparesBothConnections() {
		List<ShardTurn> turns = this.leases.stream()
			.map((lease) -> new ShardTurn(lease, List.of(), List.of(), false, 0, 2, 0))
			.toList();
		Exchange nothing = new Exchange("a", turns, List.of(), List.of(), Set.of("t"), 0, 0);
		assertThat(connectionsTaken(nothing)).isEqualTo(2);
		assertThat(connectionsTaken(nothing)).isOne();
	}

	@Test
	void whatIsNotMuchIsOneTransaction() {
		assertThat(connectionsTaken(exchange(MUCH - 1))).isOne();
		assertThat(connectionsTaken(exchange(MUCH))).isEqualTo(2);
		Exchange both = exchange(MUCH);
		assertThat(connectionsTaken(
				new Exchange("a", both.turns().subList(0, 1), List.of(), List.of(), both.types(), 0, 0)))
			.isOne();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void ifOneHalfFailsTheOtherStillEndsAndAllIsRepeated(boolean second) throws Exception {
		Exchange exchange = exchange(MUCH);
		int failing = second ? 1 : 0;
		CompletableFuture<Exchanged> exchanged;
		try (Connection blocker = block(1 - failing)) {
			this.connections.refused = (thread) -> thread.startsWith("outbox-exchange-") == second;
			exchanged = CompletableFuture.supplyAsync(() -> this.store.exchange(exchange));
			await().until(() -> SERVER.isSomebodyBlocked(this.pool));
			assertThat(exchanged).isNotDone();
			blocker.rollback();
		}
		assertThatExceptionOfType(CannotCreateTransactionException.class).isThrownBy(() -> get(exchanged));
		assertThat(List.of(stored(failing), stored(1 - failing))).containsExactly(3, 1);
		this.connections.refused = (thread) -> false;
		Exchanged repeated = this.store.exchange(exchange);
		assertThat(repeated.lost()).isEmpty();
		assertThat(repeated.fetched()).extracting(StoredMessage::shard).containsExactlyInAnyOrder(0, 1);
		assertThat(List.of(stored(0), stored(1))).containsExactly(1, 1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1 })
	void aShardThatIsLostIsToldAndTheOtherIsServed(int lost) {
		Exchange exchange = exchange(MUCH);
		sql("UPDATE resilience_outbox_lease SET owner = 'b', epoch = epoch + 1 WHERE shard = " + lost);
		Exchanged exchanged = this.store.exchange(exchange);
		assertThat(exchanged.lost()).containsExactly(lost);
		assertThat(exchanged.fetched()).extracting(StoredMessage::shard).containsExactly(1 - lost);
		assertThat(List.of(stored(lost), stored(1 - lost))).containsExactly(3, 1);
	}

	@Test
	void noThreadOutlivesTheStore() {
		this.store.exchange(exchange(MUCH));
		List<Thread> threads = Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("outbox-exchange-"))
			.toList();
		assertThat(threads).isNotEmpty();
		this.store.close();
		await().until(() -> threads.stream().noneMatch(Thread::isAlive));
	}

	@Test
	void oneConnectionIsEnough() {
		this.pool.close();
		HikariConfig one = SERVER.configuration(SERVER.createDatabase());
		one.setMaximumPoolSize(1);
		this.pool = new HikariDataSource(one);
		this.store = open();
		this.leases = this.store.acquire("a", 2, Duration.ofHours(1));
		Exchanged exchanged = this.store.exchange(exchange(MUCH));
		assertThat(exchanged.fetched()).hasSize(2);
		assertThat(List.of(stored(0), stored(1))).containsExactly(1, 1);
	}

	private static Exchanged get(CompletableFuture<Exchanged> exchanged) throws Throwable {
		try {
			return exchanged.get();
		}
		catch (ExecutionException ex) {
			throw ex.getCause();
		}
	}

	private int connectionsTaken(Exchange exchange) {
		int before = this.connections.taken.get();
		this.store.exchange(exchange);
		return this.connections.taken.get() - before;
	}

	/**
	 * Store three messages in each shard and fetch two of them, which the exchange then
	 * settles while it fetches the third.
	 * @param delivered how many it settles of both shards together
	 */
	private Exchange exchange(int delivered) {
		sql("DELETE FROM resilience_outbox");
		TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(this.connections));
		for (int message = 0; message < 6; message++) {
			NewMessage stored = new NewMessage(message % 2, UUID.randomUUID().toString(), "t", null, null, "{}", 0, 0);
			transaction.executeWithoutResult((status) -> this.store.append(List.of(stored), true));
		}
		List<ShardTurn> fetch = this.leases.stream()
			.map((lease) -> new ShardTurn(lease, List.of(), List.of(), false, 0, 2, 0))
			.toList();
		List<StoredMessage> fetched = this.store
			.exchange(new Exchange("a", fetch, List.of(), List.of(), Set.of("t"), 0, 0))
			.fetched();
		List<ShardTurn> turns = new ArrayList<>();
		for (ShardLease lease : this.leases) {
			List<StoredMessage> messages = fetched.stream()
				.filter((message) -> message.shard() == lease.shard())
				.toList();
			int settled = Math.min(messages.size(), delivered - 2 * turns.size());
			turns.add(new ShardTurn(lease, messages.subList(0, settled), List.of(), false, messages.get(1).id(), 2, 0));
		}
		return new Exchange("a", turns, List.of(), List.of(), Set.of("t"), 0, 0);
	}

	private Connection block(int shard) throws SQLException {
		Connection blocker = this.pool.getConnection();
		blocker.setAutoCommit(false);
		blocker.createStatement()
			.execute("SELECT 1 FROM resilience_outbox_lease WHERE shard = " + shard + " FOR UPDATE");
		return blocker;
	}

	private int stored(int shard) {
		return JdbcClient.create(this.pool)
			.sql("SELECT COUNT(*) FROM resilience_outbox WHERE shard = ?")
			.param(shard)
			.query(Integer.class)
			.single();
	}

	private void sql(String sql) {
		JdbcClient.create(this.pool).sql(sql).update();
	}

	/**
	 * Counts, and refuses some threads, as a database does that has no room for more.
	 */
	private static final class Connections extends DelegatingDataSource {

		private final AtomicInteger taken = new AtomicInteger();

		private volatile Predicate<String> refused = (thread) -> false;

		@Override
		public Connection getConnection() throws SQLException {
			if (this.refused.test(Thread.currentThread().getName())) {
				throw new SQLException("Refused", "53300");
			}
			this.taken.incrementAndGet();
			return super.getConnection();
		}

	}

}
