package io.github.resiliencestarter.outbox.jdbc;

import java.time.Duration;
import java.util.stream.IntStream;

import com.zaxxer.hikari.HikariDataSource;
import io.github.resiliencestarter.guard.VirtualClock;
import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link DeadLetters}.
 */
class DeadLettersTests {

	private static final int MESSAGES = 2300;

	@ParameterizedTest
	@EnumSource
	void manyMessagesAreRedeliveredInBatchesEachOnItsOwn(TestDatabase server) {
		try (HikariDataSource dataSource = server.createDataSource()) {
			JdbcOutboxStore store = new JdbcOutboxStore(server.withTables(dataSource), new VirtualClock(),
					Duration.ofHours(1), false);
			JdbcTemplate jdbc = new JdbcTemplate(dataSource);
			bury(jdbc, 0, MESSAGES, "orders");
			bury(jdbc, MESSAGES, MESSAGES + 5, "others");
			// stands in the way of the last
			jdbc.update("""
					INSERT INTO resilience_outbox_later (shard, id, message_id, type, payload, published_at, due,
					attempts, crashes, ambiguous) VALUES (1, ?, '', 't', '{}', 1, 1, 0, 0, FALSE)""", MESSAGES - 1);
			assertThatExceptionOfType(DuplicateKeyException.class).isThrownBy(() -> store.redeliver(null, "orders"));
			long left = count(jdbc, "resilience_outbox_dead WHERE handler = 'orders'");
			assertThat(left).as("of the batch that failed").isPositive().isLessThan(MESSAGES / 2);
			assertThat(count(jdbc, "resilience_outbox_later")).isEqualTo(MESSAGES - left + 1);
			jdbc.update("DELETE FROM resilience_outbox_later WHERE id = ?", MESSAGES - 1);
			assertThat(store.redeliver(null, "orders")).isEqualTo(left);
			assertThat(count(jdbc, "resilience_outbox_later WHERE attempts = 0 AND held_key = msg_key"))
				.isEqualTo(MESSAGES);
			assertThat(count(jdbc, "resilience_outbox_dead")).isEqualTo(5);
			assertThat(store.redeliver("m" + MESSAGES, null)).isOne();
			assertThat(store.redeliver("m" + MESSAGES, null)).isZero();
			assertThat(store.redeliver(null, null)).isEqualTo(4);
		}
	}

	private static void bury(JdbcTemplate jdbc, int from, int to, String handler) {
		jdbc.batchUpdate(
				"""
						INSERT INTO resilience_outbox_dead (shard, id, message_id, type, msg_key, payload, published_at, handler,
						attempts, last_error, dead_at) VALUES (?, ?, ?, 't', 'k', '{}', 1, ?, 10, 'e', 1)""",
				IntStream.range(from, to)
					.mapToObj((number) -> new Object[] { number % 2, number, "m" + number, handler })
					.toList());
	}

	private static long count(JdbcTemplate jdbc, String from) {
		Long count = jdbc.queryForObject("SELECT COUNT(*) FROM " + from, Long.class);
		return (count != null) ? count : 0;
	}

}
