package io.github.resiliencestarter.outbox.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.TestDatabase;
import io.github.resiliencestarter.outbox.Exchange;
import io.github.resiliencestarter.outbox.Exchanged;
import io.github.resiliencestarter.outbox.Parked;
import io.github.resiliencestarter.outbox.ShardLease;
import io.github.resiliencestarter.outbox.ShardTurn;
import io.github.resiliencestarter.outbox.StoredMessage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A backlog that comes when PostgreSQL believes that the outbox is empty, as it is most
 * of the time. What an exchange reads must not depend on the backlog.
 */
class MisleadingStatisticsTests {

	private static final int BACKLOG = 20_000;

	private static final int EXCHANGES = 12;

	private static final int BATCH = 50;

	private static final Duration LEASE = Duration.ofHours(1);

	private static final String READ = """
			SELECT (SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_user_tables WHERE relname LIKE 'resilience_outbox%')
			+ (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname LIKE 'resilience_outbox%')""";

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void anExchangeReadsNoMoreThanItSettlesAndFetches(boolean oneFails) {
		TestDatabase server = TestDatabase.POSTGRESQL;
		try (SingleConnectionDataSource connection = new SingleConnectionDataSource(server.createDatabase(),
				server.username(), server.password(), true)) {
			ResilienceDatabase database = server.withTables(connection);
			JdbcClient jdbc = JdbcClient.create(connection);
			JdbcOutboxStore store = new JdbcOutboxStore(database, MonotonicClock.system(), LEASE, false);
			store.prepare(1);
			ShardLease lease = store.acquire("a", 1, LEASE).get(0);
			exchanges(store, lease, oneFails);
			insert(jdbc, 5000);
			// one that is left keeps the pages, which then count as nearly empty
			jdbc.sql("DELETE FROM resilience_outbox WHERE id < (SELECT max(id) FROM resilience_outbox)").update();
			jdbc.sql("VACUUM ANALYZE resilience_outbox").update();
			insert(jdbc, BACKLOG);
			long before = read(jdbc);
			assertThat(exchanges(store, lease, oneFails)).isEqualTo(EXCHANGES * BATCH);
			assertThat(read(jdbc) - before).isLessThan(BACKLOG);
		}
	}

	private static int exchanges(JdbcOutboxStore store, ShardLease lease, boolean oneFails) {
		List<StoredMessage> messages = List.of();
		int fetched = 0;
		for (int exchange = 0; exchange < EXCHANGES; exchange++) {
			List<StoredMessage> delivered = (oneFails && !messages.isEmpty()) ? messages.subList(1, messages.size())
					: messages;
			List<Parked> parked = (delivered != messages)
					? List.of(new Parked(messages.get(0), 3_600_000, false, 1, false, true, "later")) : List.of();
			long cursor = messages.isEmpty() ? 0 : messages.get(messages.size() - 1).id();
			Exchanged exchanged = store.exchange(
					new Exchange("a", List.of(new ShardTurn(lease, delivered, List.of(), false, cursor, BATCH, 0)),
							parked, List.of(), Set.of("t"), oneFails ? BATCH : 0, 0));
			messages = exchanged.fetched();
			fetched += messages.size();
		}
		return fetched;
	}

	private static void insert(JdbcClient jdbc, int messages) {
		jdbc.sql("INSERT INTO resilience_outbox (shard, message_id, type, payload, delay_ms, claim, published_at) "
				+ "SELECT 0, gen_random_uuid()::text, 't', '{}', 0, 0, 0 FROM generate_series(1, ?)")
			.param(messages)
			.update();
	}

	private static long read(JdbcClient jdbc) {
		jdbc.sql("SELECT pg_stat_force_next_flush()").query().singleRow();
		jdbc.sql("SELECT pg_stat_clear_snapshot()").query().singleRow();
		return jdbc.sql(READ).query(Long.class).single();
	}

}
