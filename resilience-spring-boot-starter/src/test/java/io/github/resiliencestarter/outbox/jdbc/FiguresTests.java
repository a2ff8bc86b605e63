package io.github.resiliencestarter.outbox.jdbc;

import java.sql.Connection;

import com.zaxxer.hikari.HikariDataSource;
import io.github.resiliencestarter.guard.VirtualClock;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.TestDatabase;
import io.github.resiliencestarter.outbox.OutboxFigures;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that figures never cost more than a bounded look at the tables. MariaDB counts
 * the rows that a session reads, those of an inner query twice.
 */
class FiguresTests {

	private static final int ROWS = 100_000;

	@Test
	void figuresOfABigBacklogReadABoundedNumberOfRows() throws Exception {
		TestDatabase server = TestDatabase.MARIADB;
		try (HikariDataSource pool = server.createDataSource(); Connection connection = pool.getConnection()) {
			server.withTables(pool);
			SingleConnectionDataSource dataSource = new SingleConnectionDataSource(connection, true);
			JdbcOutboxStore store = new JdbcOutboxStore(
					new ResilienceDatabase(dataSource, server.dialect(), "resilience_"), new VirtualClock(), false);
			store.prepare(4);
			JdbcClient jdbc = JdbcClient.create(dataSource);
			jdbc.sql("""
					INSERT INTO resilience_outbox (shard, message_id, type, payload, delay_ms, claim, published_at)
					SELECT seq %% 4, seq, 't', '{}', 0, 0, 1 FROM seq_1_to_%d""".formatted(ROWS)).update();
			jdbc.sql("""
					INSERT INTO resilience_outbox_later (shard, id, message_id, type, payload, published_at, due,
					attempts, crashes, ambiguous)
					SELECT seq %% 4, seq, seq, 't', '{}', 1, 1, 0, 0, FALSE FROM seq_1_to_%d""".formatted(ROWS))
				.update();
			long before = read(jdbc);
			OutboxFigures figures = store.figures();
			assertThat(read(jdbc) - before).as("rows read").isLessThan(7L * OutboxFigures.MOST);
			assertThat(figures.pending()).isEqualTo(OutboxFigures.MOST);
			assertThat(figures.oldestPendingAge()).isPositive();
		}
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
