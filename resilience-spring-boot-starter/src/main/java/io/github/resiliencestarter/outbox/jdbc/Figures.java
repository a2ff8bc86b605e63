package io.github.resiliencestarter.outbox.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.outbox.OutboxFigures;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Counts what there is to deliver. Every look at a table ends after
 * {@link OutboxFigures#MOST} rows, whatever they are: a condition that few rows meet
 * would read them all. What follows a message of its key that waits for a time waits with
 * it; that is found out here and not by a join, because no database can be relied on to
 * join this without reading each row many times.
 */
final class Figures {

	private static final int SHARDS_IN_A_QUERY = 64;

	/**
	 * Where an instance may have died, a row that is due later can also be a claim, whose
	 * message is under way.
	 */
	private static final String HEADS = """
			SELECT shard, held_key, id FROM (SELECT shard, held_key, id, crashes FROM resilience_outbox_later
			WHERE due > ? ORDER BY due LIMIT ?) later WHERE held_key IS NOT NULL AND crashes = 0""";

	private static final String STORED = """
			SELECT shard, id, msg_key, delay_ms, published_at FROM resilience_outbox LIMIT ?""";

	private static final String FIRST = """
			(SELECT shard, id, msg_key, delay_ms, published_at FROM resilience_outbox
			WHERE shard = ? ORDER BY id LIMIT ?)""";

	private static final String DUE = """
			SELECT shard, id, held_key, 0, due FROM resilience_outbox_later WHERE due <= ? ORDER BY due LIMIT ?""";

	private final JdbcTemplate jdbc;

	private final ResilienceDatabase database;

	Figures(JdbcTemplate jdbc, ResilienceDatabase database) {
		this.jdbc = jdbc;
		this.database = database;
	}

	OutboxFigures count() {
		long now = this.database.now(this.jdbc);
		Map<Place, Long> heads = heads(now);
		Tally stored = new Tally(heads);
		look(STORED, stored, OutboxFigures.MOST);
		Tally due = new Tally(heads);
		look(DUE, due, now, OutboxFigures.MOST);
		long later = rows("resilience_outbox_later WHERE due > ?", now, OutboxFigures.MOST);
		long dead = rows("resilience_outbox_dead", OutboxFigures.MOST);
		return new OutboxFigures(atMost(stored.pending + due.pending), atMost(stored.waiting + due.waiting + later),
				dead, age(now, Math.min(firsts(heads).since, due.since)));
	}

	private Map<Place, Long> heads(long now) {
		Map<Place, Long> heads = new HashMap<>();
		this.jdbc.query(this.database.sql(HEADS), (row) -> {
			heads.merge(new Place(row.getInt(1), row.getString(2)), row.getLong(3), Math::min);
		}, now, OutboxFigures.MOST);
		return heads;
	}

	/**
	 * Within a shard the first row is the oldest, so a look at the first rows of each is
	 * enough, unless they all wait.
	 */
	private Tally firsts(Map<Place, Long> heads) {
		List<Integer> shards = this.jdbc.queryForList(this.database.sql("SELECT shard FROM resilience_outbox_lease"),
				Integer.class);
		Tally firsts = new Tally(heads);
		for (int from = 0; from < shards.size(); from += SHARDS_IN_A_QUERY) {
			List<Integer> part = shards.subList(from, Math.min(from + SHARDS_IN_A_QUERY, shards.size()));
			List<Object> arguments = new ArrayList<>();
			part.forEach((shard) -> arguments.addAll(List.of(shard, Math.max(1, OutboxFigures.MOST / shards.size()))));
			look(String.join(" UNION ALL ", Collections.nCopies(part.size(), FIRST)), firsts, arguments.toArray());
		}
		return firsts;
	}

	private void look(String query, Tally tally, Object... arguments) {
		this.jdbc.query(this.database.sql(query), tally::add, arguments);
	}

	private long rows(String from, Object... arguments) {
		Long number = this.jdbc.queryForObject(
				this.database.sql("SELECT COUNT(*) FROM (SELECT 1 AS one FROM " + from + " LIMIT ?) counted"),
				Long.class, arguments);
		return (number != null) ? number : 0;
	}

	private static long atMost(long count) {
		return Math.min(count, OutboxFigures.MOST);
	}

	private static @Nullable Duration age(long now, long since) {
		return (since != Long.MAX_VALUE) ? Duration.ofMillis(Math.max(0, now - since)) : null;
	}

	private record Place(int shard, @Nullable String key) {

	}

	/**
	 * What was seen in a look at rows.
	 */
	private static final class Tally {

		private final Map<Place, Long> heads;

		private long pending;

		private long waiting;

		private long since = Long.MAX_VALUE;

		Tally(Map<Place, Long> heads) {
			this.heads = heads;
		}

		void add(ResultSet row) throws SQLException {
			Place place = new Place(row.getInt(1), row.getString(3));
			if (row.getLong(4) > 0 || this.heads.getOrDefault(place, Long.MAX_VALUE) < row.getLong(2)) {
				this.waiting++;
			}
			else {
				this.pending++;
				this.since = Math.min(this.since, row.getLong(5));
			}
		}

	}

}
