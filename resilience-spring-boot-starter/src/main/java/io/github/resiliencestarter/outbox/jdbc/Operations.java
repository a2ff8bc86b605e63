package io.github.resiliencestarter.outbox.jdbc;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.outbox.DeadLetter;
import io.github.resiliencestarter.outbox.OutboxFigures;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/**
 * What operators see and do.
 */
final class Operations {

	private static final RowMapper<DeadLetter> DEAD = (row, number) -> new DeadLetter(row.getString(1),
			row.getString(2), row.getString(3), row.getString(4), row.getInt(5), row.getString(6),
			Instant.ofEpochMilli(row.getLong(7)));

	private final JdbcTemplate jdbc;

	private final ResilienceDatabase database;

	Operations(JdbcTemplate jdbc, ResilienceDatabase database) {
		this.jdbc = jdbc;
		this.database = database;
	}

	/**
	 * Every look at a table ends after {@link OutboxFigures#MOST} rows, whatever they
	 * are: a condition that few rows meet would read them all.
	 */
	OutboxFigures figures() {
		long now = number("SELECT {now}");
		long stored = number("SELECT COUNT(*) FROM (SELECT 1 AS one FROM resilience_outbox LIMIT ?) counted",
				OutboxFigures.MOST);
		long delayed = number("""
				SELECT COUNT(*) FROM (SELECT delay_ms FROM resilience_outbox LIMIT ?) counted WHERE delay_ms > 0""",
				OutboxFigures.MOST);
		long due = waiting("<=", now);
		return new OutboxFigures(Math.min(stored - delayed + due, OutboxFigures.MOST),
				Math.min(delayed + waiting(">", now), OutboxFigures.MOST),
				number("SELECT COUNT(*) FROM (SELECT 1 AS one FROM resilience_outbox_dead LIMIT ?) counted",
						OutboxFigures.MOST),
				oldestPendingAge(now));
	}

	private long waiting(String relation, long now) {
		return number("SELECT COUNT(*) FROM (SELECT 1 AS one FROM resilience_outbox_later WHERE due " + relation
				+ " ? LIMIT ?) counted", now, OutboxFigures.MOST);
	}

	/**
	 * Within a shard the first row is the oldest, so a look at each shard's first is
	 * enough.
	 */
	private @Nullable Duration oldestPendingAge(long now) {
		Long published = this.jdbc.queryForObject(this.database.sql("""
				SELECT MIN(first_published_at) FROM (SELECT (
					SELECT CASE WHEN o.delay_ms = 0 THEN o.published_at END FROM resilience_outbox o
					WHERE o.shard = s.shard ORDER BY o.id LIMIT 1) AS first_published_at
				FROM resilience_outbox_lease s) firsts"""), Long.class);
		Long due = this.jdbc.queryForObject(this.database.sql("SELECT MIN(due) FROM resilience_outbox_later"),
				Long.class);
		long since = Math.min((published != null) ? published : Long.MAX_VALUE, (due != null) ? due : Long.MAX_VALUE);
		boolean pending = published != null || (due != null && due <= now);
		return pending ? Duration.ofMillis(Math.max(0, now - since)) : null;
	}

	private long number(String sql, Object... arguments) {
		Long number = this.jdbc.queryForObject(this.database.sql(sql), Long.class, arguments);
		return (number != null) ? number : 0;
	}

	List<DeadLetter> dead(@Nullable String handler, int most) {
		List<Object> arguments = new ArrayList<>();
		String condition = condition(null, handler, arguments);
		arguments.add(most);
		return this.jdbc.query(this.database.sql("""
				SELECT message_id, type, msg_key, handler, attempts, last_error, dead_at
				FROM resilience_outbox_dead d""" + condition + " ORDER BY dead_at DESC, id DESC LIMIT ?"), DEAD,
				arguments.toArray());
	}

	int redeliver(@Nullable String messageId, @Nullable String handler) {
		List<Object> arguments = new ArrayList<>();
		String condition = condition(messageId, handler, arguments);
		List<long[]> rows = this.jdbc.query(
				this.database.sql("SELECT d.shard, d.id FROM resilience_outbox_dead d" + condition + " FOR UPDATE"),
				(row, number) -> new long[] { row.getLong(1), row.getLong(2) }, arguments.toArray());
		for (long[] row : rows) {
			this.jdbc.update(this.database.sql("""
					INSERT INTO resilience_outbox_later (shard, id, message_id, type, msg_key, held_key, headers,
					payload, published_at, due, attempts, crashes, ambiguous, last_error)
					SELECT shard, id, message_id, type, msg_key, msg_key, headers, payload, published_at,
					{now}, 0, 0, FALSE, last_error FROM resilience_outbox_dead WHERE shard = ? AND id = ?"""), row[0],
					row[1]);
			this.jdbc.update(this.database.sql("DELETE FROM resilience_outbox_dead WHERE shard = ? AND id = ?"), row[0],
					row[1]);
		}
		return rows.size();
	}

	boolean discard(String messageId) {
		return this.jdbc.update(this.database.sql("DELETE FROM resilience_outbox_dead WHERE message_id = ?"),
				messageId) > 0;
	}

	private static String condition(@Nullable String messageId, @Nullable String handler, List<Object> arguments) {
		List<String> conditions = new ArrayList<>();
		if (messageId != null) {
			conditions.add("d.message_id = ?");
			arguments.add(messageId);
		}
		if (handler != null) {
			conditions.add("d.handler = ?");
			arguments.add(handler);
		}
		return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
	}

}
