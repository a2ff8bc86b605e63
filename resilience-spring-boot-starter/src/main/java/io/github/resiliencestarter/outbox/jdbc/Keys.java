package io.github.resiliencestarter.outbox.jdbc;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.outbox.KeyState;
import io.github.resiliencestarter.outbox.OutboxFigures;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/**
 * What there is of an ordering key. For operators: it looks through the key's shard,
 * because no index on keys burdens the hot table.
 */
final class Keys {

	private static final String HOT = """
			SELECT id, message_id, type, published_at, 0, FALSE, NULL, NULL, 0 FROM resilience_outbox
			WHERE shard = ? AND msg_key = ? ORDER BY id LIMIT 1""";

	private static final String LATER = """
			SELECT id, message_id, type, published_at, attempts, ambiguous, last_error, due - {now}, crashes
			FROM resilience_outbox_later WHERE shard = ? AND held_key = ? ORDER BY id LIMIT 1""";

	private final JdbcTemplate jdbc;

	private final ResilienceDatabase database;

	Keys(JdbcTemplate jdbc, ResilienceDatabase database) {
		this.jdbc = jdbc;
		this.database = database;
	}

	KeyState state(int shard, String key, Leases.@Nullable Found lease) {
		return new KeyState(shard,
				count("resilience_outbox WHERE shard = ? AND msg_key = ?", shard, key)
						+ count("resilience_outbox_later WHERE shard = ? AND msg_key = ?", shard, key),
				count("resilience_outbox_dead WHERE shard = ? AND msg_key = ?", shard, key), head(shard, key, lease),
				(lease != null) ? lease.state() : null);
	}

	private KeyState.@Nullable Head head(int shard, String key, Leases.@Nullable Found lease) {
		KeyState.Head hot = first(HOT, shard, key, lease);
		KeyState.Head later = first(LATER, shard, key, lease);
		if (hot == null || later == null) {
			return (hot != null) ? hot : later;
		}
		return (hot.order() < later.order()) ? hot : later;
	}

	private KeyState.@Nullable Head first(String query, int shard, String key, Leases.@Nullable Found lease) {
		RowMapper<KeyState.Head> head = (row, number) -> {
			long dueIn = row.getLong(8);
			boolean waits = !row.wasNull();
			boolean claimed = waits && dueIn > 0 && row.getInt(9) > 0;
			boolean inFlight = (lease != null) ? lease.inFlight().contains(row.getLong(1)) : claimed;
			return new KeyState.Head(row.getLong(1), row.getString(2), row.getString(3),
					Instant.ofEpochMilli(row.getLong(4)), row.getInt(5), row.getBoolean(6), row.getString(7),
					waits ? Duration.ofMillis(dueIn) : null, inFlight);
		};
		List<KeyState.Head> heads = this.jdbc.query(this.database.sql(query), head, shard, key);
		return heads.isEmpty() ? null : heads.get(0);
	}

	private long count(String from, int shard, String key) {
		Long count = this.jdbc.queryForObject(
				this.database.sql("SELECT COUNT(*) FROM (SELECT 1 AS one FROM " + from + " LIMIT ?) counted"),
				Long.class, shard, key, OutboxFigures.MOST);
		return (count != null) ? count : 0;
	}

}
