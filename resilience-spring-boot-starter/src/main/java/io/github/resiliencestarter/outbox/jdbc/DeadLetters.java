package io.github.resiliencestarter.outbox.jdbc;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.outbox.DeadLetter;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/**
 * What operators do with messages that were given up. Each batch is a transaction of its
 * own, so that many of them keep nobody waiting.
 */
final class DeadLetters {

	private static final int BATCH = 500;

	private static final RowMapper<DeadLetter> DEAD = (row, number) -> new DeadLetter(row.getString(1),
			row.getString(2), row.getString(3), row.getString(4), row.getInt(5), row.getString(6),
			Instant.ofEpochMilli(row.getLong(7)));

	private final JdbcTemplate jdbc;

	private final ResilienceDatabase database;

	private final RelayTransaction transaction;

	DeadLetters(JdbcTemplate jdbc, ResilienceDatabase database, RelayTransaction transaction) {
		this.jdbc = jdbc;
		this.database = database;
		this.transaction = transaction;
	}

	List<DeadLetter> list(@Nullable String handler, int most) {
		List<Object> arguments = new ArrayList<>();
		String query = """
				SELECT message_id, type, msg_key, handler, attempts, last_error, dead_at
				FROM resilience_outbox_dead d""" + condition(null, handler, arguments)
				+ " ORDER BY dead_at DESC, id DESC LIMIT ?";
		arguments.add(most);
		return this.transaction.execute(() -> this.jdbc.query(this.database.sql(query), DEAD, arguments.toArray()));
	}

	/**
	 * Redeliver what is dead now: what dies again meanwhile stays dead.
	 */
	int redeliver(@Nullable String messageId, @Nullable String handler) {
		int redelivered = 0;
		for (Map.Entry<Integer, List<Long>> shard : find(messageId, handler).entrySet()) {
			List<Long> ids = shard.getValue();
			for (int from = 0; from < ids.size(); from += BATCH) {
				List<Long> batch = ids.subList(from, Math.min(from + BATCH, ids.size()));
				redelivered += this.transaction.execute(() -> redeliver(shard.getKey(), batch));
			}
		}
		return redelivered;
	}

	private Map<Integer, List<Long>> find(@Nullable String messageId, @Nullable String handler) {
		Map<Integer, List<Long>> shards = new TreeMap<>();
		List<Object> arguments = new ArrayList<>();
		String query = "SELECT d.shard, d.id FROM resilience_outbox_dead d" + condition(messageId, handler, arguments)
				+ " ORDER BY d.shard, d.id";
		return this.transaction.execute(() -> {
			this.jdbc.query(this.database.sql(query), (row) -> {
				shards.computeIfAbsent(row.getInt(1), (shard) -> new ArrayList<>()).add(row.getLong(2));
			}, arguments.toArray());
			return shards;
		});
	}

	/**
	 * Lock the messages, because another operator may be doing the same.
	 */
	private int redeliver(int shard, List<Long> batch) {
		List<Long> ids = this.jdbc.queryForList(
				this.database.sql("SELECT id FROM resilience_outbox_dead" + in(batch) + " FOR UPDATE"), Long.class,
				arguments(shard, batch));
		if (!ids.isEmpty()) {
			this.jdbc.update(this.database.sql("""
					INSERT INTO resilience_outbox_later (shard, id, message_id, type, msg_key, held_key, headers,
					payload, published_at, due, attempts, crashes, ambiguous, last_error)
					SELECT shard, id, message_id, type, msg_key, msg_key, headers, payload, published_at,
					{now}, 0, 0, FALSE, last_error FROM resilience_outbox_dead""" + in(ids)), arguments(shard, ids));
			this.jdbc.update(this.database.sql("DELETE FROM resilience_outbox_dead" + in(ids)), arguments(shard, ids));
		}
		return ids.size();
	}

	private static String in(List<Long> ids) {
		return " WHERE shard = ? AND id IN (" + Rows.placeholders(ids.size()) + ")";
	}

	private static Object[] arguments(int shard, List<Long> ids) {
		List<Object> arguments = new ArrayList<>(List.of(shard));
		arguments.addAll(ids);
		return arguments.toArray();
	}

	boolean discard(String messageId) {
		return this.transaction.execute(() -> this.jdbc
			.update(this.database.sql("DELETE FROM resilience_outbox_dead WHERE message_id = ?"), messageId)) > 0;
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
