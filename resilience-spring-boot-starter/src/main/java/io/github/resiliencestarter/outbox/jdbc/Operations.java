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

	OutboxFigures figures() {
		long hot = count("resilience_outbox WHERE delay_ms = 0");
		long delayed = count("resilience_outbox WHERE delay_ms > 0");
		long due = count("resilience_outbox_later WHERE due <= {now}");
		long scheduled = count("resilience_outbox_later WHERE due > {now}");
		return new OutboxFigures(Math.min(hot + due, OutboxFigures.MOST),
				Math.min(delayed + scheduled, OutboxFigures.MOST), count("resilience_outbox_dead"), oldestPendingAge());
	}

	private long count(String from) {
		Long count = this.jdbc.queryForObject(
				this.database.sql("SELECT COUNT(*) FROM (SELECT 1 AS one FROM " + from + " LIMIT ?) counted"),
				Long.class, OutboxFigures.MOST);
		return (count != null) ? count : 0;
	}

	/**
	 * Within a shard the first row is the oldest, so a look at each shard's first is
	 * enough.
	 */
	private @Nullable Duration oldestPendingAge() {
		Long hot = this.jdbc.queryForObject(this.database.sql("""
				SELECT {now} - MIN(o.published_at) FROM resilience_outbox_lease s JOIN resilience_outbox o
				ON o.shard = s.shard AND o.delay_ms = 0
				AND o.id = (SELECT MIN(i.id) FROM resilience_outbox i WHERE i.shard = s.shard)"""), Long.class);
		Long due = this.jdbc.queryForObject(
				this.database.sql("SELECT {now} - MIN(due) FROM resilience_outbox_later WHERE due <= {now}"),
				Long.class);
		if (hot == null && due == null) {
			return null;
		}
		return Duration.ofMillis(Math.max((hot != null) ? hot : 0, (due != null) ? due : 0));
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
