package io.github.resiliencestarter.outbox.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.TestDatabase;
import io.github.resiliencestarter.outbox.NewMessage;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A database with one shard, and instances that claim single messages in it.
 */
final class SkipLockedFixture {

	static final Duration LEASE = Duration.ofHours(1);

	final ResilienceDatabase database;

	final JdbcClient jdbc;

	final TransactionTemplate transaction;

	final JdbcOutboxStore tables;

	SkipLockedFixture(TestDatabase server) {
		this.database = server.createResilienceDatabase();
		this.jdbc = JdbcClient.create(this.database.dataSource());
		this.transaction = new TransactionTemplate(new DataSourceTransactionManager(this.database.dataSource()));
		this.tables = new JdbcOutboxStore(this.database, MonotonicClock.system(), LEASE, false);
	}

	SkipLockedOutboxStore instance(String owner) {
		return instance(owner, LEASE);
	}

	SkipLockedOutboxStore instance(String owner, Duration lease) {
		SkipLockedOutboxStore store = new SkipLockedOutboxStore(this.database, this.tables, lease);
		assertThat(store.prepare(1)).isOne();
		store.acquire(owner, 1, lease);
		return store;
	}

	void append(@Nullable String... keys) {
		for (String key : keys) {
			this.transaction.execute((status) -> this.tables
				.append(List.of(new NewMessage(0, UUID.randomUUID().toString(), "t", key, null, "{}", 0, 0)), true));
		}
	}

	/**
	 * The next claim begins later than the last, as it does when the last one has really
	 * ended.
	 */
	void endClaims() {
		execute("UPDATE resilience_outbox_later SET due = 1");
		long now = now();
		await().until(() -> now() > now);
	}

	void awaitEndOfClaims() {
		await().until(
				() -> this.jdbc.sql(this.database.sql("SELECT COUNT(*) FROM resilience_outbox_later WHERE due > {now}"))
					.query(Long.class)
					.single() == 0);
	}

	long now() {
		return this.jdbc.sql(this.database.sql("SELECT {now}")).query(Long.class).single();
	}

	long count(String table) {
		return this.jdbc.sql("SELECT COUNT(*) FROM " + table).query(Long.class).single();
	}

	void execute(String sql) {
		this.jdbc.sql(sql).update();
	}

}
