package io.github.resiliencestarter.outbox.jdbc;

import java.sql.Connection;
import java.time.Duration;

import com.zaxxer.hikari.HikariDataSource;
import io.github.resiliencestarter.guard.VirtualClock;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.TestDatabase;
import io.github.resiliencestarter.outbox.OutboxFigures;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Figures}: what they count, and that they never cost more than a
 * bounded look at the tables. MariaDB counts the rows that a session reads, those of an
 * inner query twice.
 */
class FiguresTests {

	private static final int ROWS = 100_000;

	private static final Duration LEASE = Duration.ofHours(1);

	@Test
	void figuresOfABigBacklogReadABoundedNumberOfRows() throws Exception {
		TestDatabase server = TestDatabase.MARIADB;
		try (HikariDataSource pool = server.createDataSource(); Connection connection = pool.getConnection()) {
			server.withTables(pool);
			SingleConnectionDataSource dataSource = new SingleConnectionDataSource(connection, true);
			JdbcOutboxStore store = new JdbcOutboxStore(
					new ResilienceDatabase(dataSource, server.dialect(), "resilience_"), new VirtualClock(), LEASE,
					false);
			store.prepare(4);
			JdbcClient jdbc = JdbcClient.create(dataSource);
			jdbc.sql(
					"""
							INSERT INTO resilience_outbox (shard, message_id, type, msg_key, payload, delay_ms, claim, published_at)
							SELECT seq %% 4, seq, 't', seq, '{}', 0, 0, 1 FROM seq_1_to_%d"""
						.formatted(ROWS))
				.update();
			jdbc.sql("""
					INSERT INTO resilience_outbox_later (shard, id, message_id, type, payload, published_at, due,
					attempts, crashes, ambiguous)
					SELECT seq %% 4, seq, seq, 't', '{}', 1, 1, 0, 0, FALSE FROM seq_1_to_%d""".formatted(ROWS))
				.update();
			jdbc.sql("""
					INSERT INTO resilience_outbox_later (shard, id, message_id, type, msg_key, held_key, payload,
					published_at, due, attempts, crashes, ambiguous)
					SELECT seq %% 4, %1$d + seq, seq, 't', seq, seq, '{}', 1, %1$d * 1000000000, 0, 0, FALSE
					FROM seq_1_to_%1$d""".formatted(ROWS)).update();
			long before = read(jdbc);
			OutboxFigures figures = store.figures();
			assertThat(read(jdbc) - before).as("rows read").isLessThan(9L * OutboxFigures.MOST);
			assertThat(figures.pending()).isEqualTo(OutboxFigures.MOST);
			assertThat(figures.oldestPendingAge()).isPositive();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whatFollowsAWaitingMessageOfItsKeyWaitsWithIt(TestDatabase server) {
		try (HikariDataSource dataSource = server.createDataSource()) {
			JdbcOutboxStore store = new JdbcOutboxStore(server.withTables(dataSource), new VirtualClock(), LEASE,
					false);
			store.prepare(2);
			JdbcClient jdbc = JdbcClient.create(dataSource);
			long ever = Long.MAX_VALUE / 2;
			later(jdbc, 5, "k", ever, 0);
			later(jdbc, 7, "k", 1, 0);
			stored(jdbc, 10, "k");
			assertThat(store.figures()).isEqualTo(new OutboxFigures(0, 3, 0, null));
			stored(jdbc, 3, "k");
			assertThat(store.figures()).as("a predecessor waits for nobody").satisfies((figures) -> {
				assertThat(figures.pending()).isOne();
				assertThat(figures.oldestPendingAge()).isPositive();
			});
			jdbc.sql("DELETE FROM resilience_outbox WHERE id = 3").update();
			later(jdbc, 20, "claimed", ever, 1);
			stored(jdbc, 21, "claimed");
			assertThat(store.figures()).as("a claimed predecessor is under way").satisfies((figures) -> {
				assertThat(figures.pending()).isOne();
				assertThat(figures.oldestPendingAge()).isPositive();
			});
			jdbc.sql("DELETE FROM resilience_outbox WHERE id = 21").update();
			later(jdbc, 30, null, 1, 0);
			stored(jdbc, 31, null);
			assertThat(store.figures()).satisfies((figures) -> {
				assertThat(figures.pending()).isEqualTo(2);
				assertThat(figures.scheduled()).isEqualTo(4);
				assertThat(figures.oldestPendingAge()).isPositive();
			});
		}
	}

	private static void stored(JdbcClient jdbc, long id, @Nullable String key) {
		jdbc.sql("""
				INSERT INTO resilience_outbox (shard, id, message_id, type, msg_key, payload, delay_ms, claim,
				published_at) VALUES (1, ?, ?, 't', ?, '{}', 0, 0, 1)""").params(id, Long.toString(id), key).update();
	}

	private static void later(JdbcClient jdbc, long id, @Nullable String key, long due, int crashes) {
		jdbc.sql(
				"""
						INSERT INTO resilience_outbox_later (shard, id, message_id, type, msg_key, held_key, payload,
						published_at, due, attempts, crashes, ambiguous) VALUES (1, ?, ?, 't', ?, ?, '{}', 1, ?, 0, ?, FALSE)""")
			.params(id, Long.toString(id), key, key, due, crashes)
			.update();
	}

	private static long read(JdbcClient jdbc) {
		return jdbc.sql("SHOW SESSION STATUS LIKE 'Handler_read%'")
			.query((row, number) -> row.getLong(2))
			.list()
			.stream()
			.mapToLong(Long::longValue)
			.sum();
	}

}
