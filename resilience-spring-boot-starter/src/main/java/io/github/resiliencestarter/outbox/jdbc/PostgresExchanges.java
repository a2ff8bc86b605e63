package io.github.resiliencestarter.outbox.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.outbox.Exchange;
import io.github.resiliencestarter.outbox.Exchanged;
import io.github.resiliencestarter.outbox.ShardTurn;
import io.github.resiliencestarter.outbox.StoredMessage;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The relay's transaction as one statement in one round trip, for the exchanges in which
 * nothing failed: lock the leases, delete what is done, fetch, record what is under way.
 * <p>
 * {@code held} is materialised and all other parts join it. Where it had to wait for
 * another owner, PostgreSQL looks at the lease again and finds its epoch gone, so a stale
 * owner deletes, fetches and records nothing.
 * <p>
 * The planner must not choose how to read the tables of messages. They are empty most of
 * the time, and when the statistics say so while there is a backlog, everything looks
 * cheap to it, such as a full scan for each message. A {@code LATERAL} with
 * {@code OFFSET 0} or {@code LIMIT} leaves it one way: by the index, for each shard.
 */
final class PostgresExchanges {

	private final JdbcTemplate jdbc;

	private final String sql;

	PostgresExchanges(JdbcTemplate jdbc, ResilienceDatabase database) {
		this.jdbc = jdbc;
		this.sql = database.sql(RelayTransaction.PLANNING + """
				;
				WITH turn AS (
					SELECT * FROM unnest(?::int[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::boolean[],
						?::bigint[], ?::int[])
					AS t(shard, epoch, delivered, delivered_later, in_flight, recorded, after_id, most)
				), held AS MATERIALIZED (
					SELECT s.shard, s.crash_epoch FROM resilience_outbox_lease s
					JOIN turn t ON t.shard = s.shard AND t.epoch = s.epoch
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
				), batch AS MATERIALIZED (
					SELECT h.crash_epoch, found.* FROM held h JOIN turn t ON t.shard = h.shard CROSS JOIN LATERAL (
						SELECT o.* FROM resilience_outbox o WHERE o.shard = t.shard AND o.id > t.after_id
						AND (o.msg_key IS NOT NULL OR o.type = ANY (?::text[]))
						AND (o.msg_key IS NULL OR NOT EXISTS (SELECT 1 FROM resilience_outbox_later l
							WHERE l.shard = o.shard AND l.held_key = o.msg_key AND l.id < o.id))
						ORDER BY o.id LIMIT t.most
					) found WHERE t.most > 0
				), fetched AS (
					SELECT shard, string_agg(id::text, ',') AS ids FROM batch GROUP BY shard
				), under_way AS (
					UPDATE resilience_outbox_lease s
					SET in_flight = concat_ws(',', NULLIF(t.in_flight, ''), f.ids)
					FROM held h JOIN turn t ON t.shard = h.shard LEFT JOIN fetched f ON f.shard = h.shard
					WHERE s.shard = h.shard AND (NOT t.recorded OR f.ids IS NOT NULL)
				)
				SELECT shard, NULL::bigint AS id, NULL AS message_id, NULL AS type, NULL AS msg_key, NULL AS headers,
				NULL AS payload, NULL::bigint AS published_at, NULL::bigint AS delay_ms, NULL::boolean AS suspect
				FROM held
				UNION ALL
				SELECT shard, id, message_id, type, msg_key, headers, payload, published_at, delay_ms,
				claim <> 0 AND claim = crash_epoch FROM batch""");
	}

	static boolean handles(Exchange exchange) {
		return exchange.parked().isEmpty() && exchange.buried().isEmpty() && exchange.due() == 0
				&& exchange.suspects() == 0;
	}

	Exchanged exchange(Exchange exchange) {
		return Objects.requireNonNull(this.jdbc.execute(this.sql, (PreparedStatement statement) -> {
			fill(statement, exchange);
			statement.execute();
			statement.getMoreResults();
			try (ResultSet rows = statement.getResultSet()) {
				return read(exchange, rows);
			}
		}));
	}

	private static void fill(PreparedStatement statement, Exchange exchange) throws SQLException {
		List<ShardTurn> turns = exchange.turns();
		statement.setObject(1, turns.stream().mapToInt((turn) -> turn.lease().shard()).toArray());
		statement.setObject(2, turns.stream().mapToLong((turn) -> turn.lease().epoch()).toArray());
		statement.setObject(3, turns.stream().map((turn) -> delivered(turn, false)).toArray(String[]::new));
		statement.setObject(4, turns.stream().map((turn) -> delivered(turn, true)).toArray(String[]::new));
		statement.setObject(5, turns.stream().map((turn) -> Rows.text(turn.inFlight())).toArray(String[]::new));
		statement.setObject(6, turns.stream().map(ShardTurn::recorded).toArray(Boolean[]::new));
		statement.setObject(7, turns.stream().mapToLong(ShardTurn::cursor).toArray());
		statement.setObject(8, turns.stream().mapToInt(ShardTurn::rows).toArray());
		statement.setString(9, exchange.owner());
		statement.setObject(10, exchange.types().toArray(String[]::new));
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

	/**
	 * Each shard that is held has a row without a message.
	 */
	private static Exchanged read(Exchange exchange, ResultSet rows) throws SQLException {
		Set<Integer> lost = new HashSet<>();
		exchange.turns().forEach((turn) -> lost.add(turn.lease().shard()));
		List<StoredMessage> fetched = new ArrayList<>();
		String type = "";
		while (rows.next()) {
			int shard = rows.getInt(1);
			long id = rows.getLong(2);
			if (rows.wasNull()) {
				lost.remove(shard);
			}
			else {
				type = same(type, rows.getString(4));
				fetched.add(new StoredMessage(shard, id, false, rows.getString(3), type, rows.getString(5),
						rows.getString(6), rows.getString(7), rows.getLong(8), rows.getLong(9), 0, 0,
						rows.getBoolean(10)));
			}
		}
		fetched.sort(Comparator.comparingInt(StoredMessage::shard).thenComparingLong(StoredMessage::id));
		return new Exchanged(lost, fetched, List.of(), Long.MAX_VALUE);
	}

	/**
	 * Messages come in long runs of one type: as the same string it is hashed once.
	 */
	private static String same(String before, String now) {
		return before.equals(now) ? before : now;
	}

}
