package io.github.resiliencestarter.outbox.jdbc;

import java.util.ArrayList;
import java.util.List;

import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * What may be under way when a shard changes hands: the ids in the last owner's window,
 * and the rows it was going to deliver without fetching them. They have used an attempt,
 * are marked as ambiguous and wait, already due, to be delivered one by one. All other
 * messages of the shard were certainly never sent.
 */
final class Suspects {

	private static final String ERROR = "'The instance that was delivering the message died.'";

	private final JdbcTemplate jdbc;

	private final ResilienceDatabase database;

	Suspects(JdbcTemplate jdbc, ResilienceDatabase database) {
		this.jdbc = jdbc;
		this.database = database;
	}

	void park(int shard, List<Long> window, @Nullable Long deadEpoch) {
		List<Long> ids = new ArrayList<>(window);
		if (deadEpoch != null) {
			ids.addAll(this.jdbc.queryForList(
					this.database.sql("SELECT id FROM resilience_outbox WHERE shard = ? AND claim = ?"), Long.class,
					shard, deadEpoch));
		}
		long now = this.database.now(this.jdbc);
		for (Long id : ids) {
			if (move(shard, id, now) == 0) {
				update("""
						UPDATE resilience_outbox_later SET due = ?, attempts = attempts + 1, crashes = crashes + 1,
						ambiguous = TRUE, last_error = %s WHERE shard = ? AND id = ?""".formatted(ERROR), now, shard,
						id);
			}
		}
	}

	/**
	 * Move a message to those that wait, as what it is if its instance dies.
	 * @return how many were moved
	 */
	int move(int shard, long id, long due) {
		int moved = update("""
				INSERT INTO resilience_outbox_later (shard, id, message_id, type, msg_key, held_key, headers,
				payload, published_at, due, attempts, crashes, ambiguous, last_error)
				SELECT shard, id, message_id, type, msg_key, msg_key, headers, payload, published_at,
				CASE WHEN delay_ms > 0 THEN published_at + delay_ms ELSE ? END,
				CASE WHEN delay_ms > 0 THEN 0 ELSE 1 END, CASE WHEN delay_ms > 0 THEN 0 ELSE 1 END,
				delay_ms = 0, CASE WHEN delay_ms = 0 THEN %s END
				FROM resilience_outbox WHERE shard = ? AND id = ?""".formatted(ERROR), due, shard, id);
		if (moved > 0) {
			update("DELETE FROM resilience_outbox WHERE shard = ? AND id = ?", shard, id);
		}
		return moved;
	}

	private int update(String sql, Object... arguments) {
		return this.jdbc.update(this.database.sql(sql), arguments);
	}

}
