package io.github.resiliencestarter.outbox.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.outbox.Exchange;
import io.github.resiliencestarter.outbox.Exchanged;
import io.github.resiliencestarter.outbox.ShardTurn;
import io.github.resiliencestarter.outbox.StoredMessage;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The relay's transaction in two round trips, for the exchanges in which nothing failed:
 * the first locks the leases, deletes what is done and fetches, the second records what
 * is under way and commits. One statement for all would have to keep what it fetches in
 * the server's memory until it has changed what it changes, and that costs more than a
 * round trip.
 * <p>
 * {@code held} is materialised and both deletes join it. Where it had to wait for another
 * owner, PostgreSQL looks at the lease again and finds its epoch gone, so a stale owner
 * deletes nothing; then it sees so for itself, and fetches and records nothing.
 * <p>
 * The planner must not choose how to read the tables of messages. They are empty most of
 * the time, and when the statistics say so while there is a backlog, everything looks
 * cheap to it, such as a full scan for each message. A {@code LATERAL} with
 * {@code OFFSET 0} or {@code LIMIT} leaves it one way: by the index, for each shard.
 */
final class PostgresExchanges {

	private static final String LOCK_AND_SETTLE = """
			WITH turn AS (
				SELECT * FROM unnest(?::int[], ?::bigint[], ?::text[], ?::text[])
				AS t(shard, epoch, delivered, delivered_later)
			), held AS MATERIALIZED (
				SELECT s.shard FROM resilience_outbox_lease s JOIN turn t ON t.shard = s.shard AND t.epoch = s.epoch
				WHERE s.owner = ? FOR UPDATE OF s
			), done AS (
				DELETE FROM resilience_outbox WHERE ctid = ANY (ARRAY(
					SELECT found.ctid FROM held h JOIN turn t ON t.shard = h.shard CROSS JOIN LATERAL (
						SELECT o.ctid FROM resilience_outbox o WHERE o.shard = t.shard
						AND o.id = ANY (string_to_array(t.delivered, ',')::bigint[]) OFFSET 0
					) found))
			), done_later AS (
				DELETE FROM resilience_outbox_later WHERE ctid = ANY (ARRAY(
					SELECT found.ctid FROM held h JOIN turn t ON t.shard = h.shard CROSS JOIN LATERAL (
						SELECT l.ctid FROM resilience_outbox_later l WHERE l.shard = t.shard
						AND l.id = ANY (string_to_array(t.delivered_later, ',')::bigint[]) OFFSET 0
					) found))
			)
			SELECT shard FROM held""";

	private static final String FETCH = """
			SELECT s.shard, id, message_id, type, msg_key, headers, payload, published_at, delay_ms,
			claim <> 0 AND claim = s.crash_epoch
			FROM unnest(?::int[], ?::bigint[], ?::bigint[], ?::int[]) AS t(shard, epoch, after_id, most)
			JOIN resilience_outbox_lease s ON s.shard = t.shard AND s.epoch = t.epoch AND s.owner = ?
			CROSS JOIN LATERAL (
				SELECT * FROM resilience_outbox o WHERE o.shard = t.shard AND o.id > t.after_id
				AND (o.msg_key IS NOT NULL OR o.type = ANY (?::text[]))
				AND (o.msg_key IS NULL OR NOT EXISTS (SELECT 1 FROM resilience_outbox_later l
					WHERE l.shard = o.shard AND l.held_key = o.msg_key AND l.id < o.id))
				ORDER BY o.id LIMIT t.most
			) found""";

	private static final String RECORD_AND_COMMIT = """
			UPDATE resilience_outbox_lease s SET in_flight = t.in_flight
			FROM unnest(?::int[], ?::text[]) AS t(shard, in_flight) WHERE s.shard = t.shard;
			COMMIT""";

	private final JdbcTemplate jdbc;

	private final RelayTransaction transaction;

	private final String settleAndFetch;

	private final String recordAndCommit;

	PostgresExchanges(JdbcTemplate jdbc, ResilienceDatabase database, RelayTransaction transaction) {
		this.jdbc = jdbc;
		this.transaction = transaction;
		this.settleAndFetch = database.sql(String.join(";", transaction.opening(), LOCK_AND_SETTLE, FETCH));
		this.recordAndCommit = database.sql(RECORD_AND_COMMIT);
	}

	static boolean handles(Exchange exchange) {
		return exchange.parked().isEmpty() && exchange.buried().isEmpty() && exchange.due() == 0
				&& exchange.suspects() == 0;
	}

	Exchanged exchange(Exchange exchange) {
		return this.transaction.executeBare(() -> {
			Exchanged exchanged = settleAndFetch(exchange);
			record(windows(exchange, exchanged));
			return exchanged;
		});
	}

	private Exchanged settleAndFetch(Exchange exchange) {
		return Objects.requireNonNull(this.jdbc.execute(this.settleAndFetch, (PreparedStatement statement) -> {
			PostgresDriver.prepareAtOnce(statement);
			fill(statement, exchange);
			statement.execute();
			// past the two statements of the opening
			statement.getMoreResults();
			statement.getMoreResults();
			Set<Integer> lost = lost(exchange, statement);
			statement.getMoreResults();
			return new Exchanged(lost, fetched(statement), List.of(), Long.MAX_VALUE);
		}));
	}

	private static void fill(PreparedStatement statement, Exchange exchange) throws SQLException {
		List<ShardTurn> turns = exchange.turns();
		statement.setObject(1, shards(turns));
		statement.setObject(2, epochs(turns));
		statement.setObject(3, turns.stream().map((turn) -> delivered(turn, false)).toArray(String[]::new));
		statement.setObject(4, turns.stream().map((turn) -> delivered(turn, true)).toArray(String[]::new));
		statement.setString(5, exchange.owner());
		List<ShardTurn> hungry = turns.stream().filter((turn) -> turn.rows() > 0).toList();
		statement.setObject(6, shards(hungry));
		statement.setObject(7, epochs(hungry));
		statement.setObject(8, hungry.stream().mapToLong(ShardTurn::cursor).toArray());
		statement.setObject(9, hungry.stream().mapToInt(ShardTurn::rows).toArray());
		statement.setString(10, exchange.owner());
		statement.setObject(11, exchange.types().toArray(String[]::new));
	}

	private static int[] shards(List<ShardTurn> turns) {
		return turns.stream().mapToInt((turn) -> turn.lease().shard()).toArray();
	}

	private static long[] epochs(List<ShardTurn> turns) {
		return turns.stream().mapToLong((turn) -> turn.lease().epoch()).toArray();
	}

	private static String delivered(ShardTurn turn, boolean later) {
		StringBuilder ids = new StringBuilder();
		for (StoredMessage message : turn.delivered()) {
			if (message.later() == later) {
				Rows.append(ids, message.id());
			}
		}
		return ids.toString();
	}

	private static Set<Integer> lost(Exchange exchange, PreparedStatement statement) throws SQLException {
		Set<Integer> lost = new HashSet<>();
		exchange.turns().forEach((turn) -> lost.add(turn.lease().shard()));
		try (ResultSet held = statement.getResultSet()) {
			while (held.next()) {
				lost.remove(held.getInt(1));
			}
		}
		return lost;
	}

	private static List<StoredMessage> fetched(PreparedStatement statement) throws SQLException {
		List<StoredMessage> fetched = new ArrayList<>();
		String type = "";
		try (ResultSet rows = statement.getResultSet()) {
			while (rows.next()) {
				type = same(type, rows.getString(4));
				fetched.add(new StoredMessage(rows.getInt(1), rows.getLong(2), false, rows.getString(3), type,
						rows.getString(5), rows.getString(6), rows.getString(7), rows.getLong(8), rows.getLong(9), 0, 0,
						rows.getBoolean(10)));
			}
		}
		fetched.sort(Comparator.comparingInt(StoredMessage::shard).thenComparingLong(StoredMessage::id));
		return fetched;
	}

	/**
	 * Messages come in long runs of one type: as the same string it is hashed once.
	 */
	private static String same(String before, String now) {
		return before.equals(now) ? before : now;
	}

	/**
	 * Return what is under way in each shard of which that has changed.
	 */
	private static Map<Integer, String> windows(Exchange exchange, Exchanged exchanged) {
		Map<Integer, List<Long>> fetched = exchanged.fetched()
			.stream()
			.collect(Collectors.groupingBy(StoredMessage::shard,
					Collectors.mapping(StoredMessage::id, Collectors.toList())));
		Map<Integer, String> windows = new LinkedHashMap<>();
		for (ShardTurn turn : exchange.turns()) {
			int shard = turn.lease().shard();
			List<Long> ids = fetched.getOrDefault(shard, List.of());
			if (!exchanged.lost().contains(shard) && !(ids.isEmpty() && turn.recorded())) {
				List<Long> window = new ArrayList<>(turn.inFlight());
				window.addAll(ids);
				windows.put(shard, Rows.text(window));
			}
		}
		return windows;
	}

	private void record(Map<Integer, String> windows) {
		if (!windows.isEmpty()) {
			this.jdbc.execute(this.recordAndCommit, (PreparedStatement statement) -> {
				PostgresDriver.prepareAtOnce(statement);
				statement.setObject(1, windows.keySet().stream().mapToInt(Integer::intValue).toArray());
				statement.setObject(2, windows.values().toArray(String[]::new));
				return statement.execute();
			});
		}
	}

}
