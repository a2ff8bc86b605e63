package io.github.resiliencestarter.outbox.jdbc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.outbox.StoredMessage;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Messages whose time has come. One with a key waits for its predecessors in both tables,
 * so a message is never fetched before the one whose order it must follow.
 */
final class DueMessages {

	private static final String QUERY = """
			SELECT %s FROM resilience_outbox_later l
			WHERE l.due <= {now} AND l.shard IN (%s) AND l.type IN (%s) AND l.crashes %s 0 %s AND (l.held_key IS NULL OR (
			NOT EXISTS (SELECT 1 FROM resilience_outbox_later p
				WHERE p.shard = l.shard AND p.held_key = l.held_key AND p.id < l.id)
			AND NOT EXISTS (SELECT 1 FROM resilience_outbox o
				WHERE o.shard = l.shard AND o.id < l.id AND o.msg_key = l.held_key)))
			ORDER BY l.due LIMIT ?""";

	private final JdbcTemplate jdbc;

	private final ResilienceDatabase database;

	private final String condition;

	DueMessages(JdbcTemplate jdbc, ResilienceDatabase database, String condition) {
		this.jdbc = jdbc;
		this.database = database;
		this.condition = condition;
	}

	List<StoredMessage> fetch(Collection<Integer> shards, Set<String> types, int limit, int suspects) {
		List<StoredMessage> due = new ArrayList<>();
		if (shards.isEmpty() || types.isEmpty()) {
			return due;
		}
		if (limit > 0) {
			due.addAll(fetch(shards, types, "=", limit));
		}
		if (suspects > 0) {
			due.addAll(fetch(shards, types, ">", suspects));
		}
		return due;
	}

	private List<StoredMessage> fetch(Collection<Integer> shards, Set<String> types, String crashes, int limit) {
		List<Object> arguments = new ArrayList<>(shards);
		arguments.addAll(types);
		arguments.add(limit);
		return this.jdbc.query(this.database.sql(QUERY.formatted(Rows.LATER_COLUMNS, Rows.placeholders(shards.size()),
				Rows.placeholders(types.size()), crashes, this.condition)), Rows.LATER, arguments.toArray());
	}

	long nextDue(Collection<Integer> shards, int limit) {
		if (shards.isEmpty() || limit == 0) {
			return Long.MAX_VALUE;
		}
		Long next = this.jdbc.queryForObject(this.database
			.sql("SELECT MIN(due) - {now} FROM resilience_outbox_later WHERE due > {now} AND shard IN ("
					+ Rows.placeholders(shards.size()) + ")"),
				Long.class, shards.toArray());
		return (next != null) ? next : Long.MAX_VALUE;
	}

}
