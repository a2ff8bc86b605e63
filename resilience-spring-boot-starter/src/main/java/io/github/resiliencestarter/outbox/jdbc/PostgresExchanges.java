package io.github.resiliencestarter.outbox.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

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
 */
final class PostgresExchanges {

	/**
	 * Until its transaction ends. The planner compiles what it expects to cost much, as
	 * it may with a large backlog, and compiling can take longer than the statement does.
	 */
	static final String NO_JIT = "SELECT set_config('jit', 'off', true)";

	private final JdbcTemplate jdbc;

	private final String sql;

	PostgresExchanges(JdbcTemplate jdbc, ResilienceDatabase database) {
		this.jdbc = jdbc;
		this.sql = database.sql(NO_JIT + """
				;
				WITH turn AS (
					SELECT * FROM unnest(?::int[], ?::bigint[], ?::text[], ?::boolean[], ?::bigint[], ?::int[])
					AS t(shard, epoch, in_flight, recorded, after_id, most)
				), held AS MATERIALIZED (
					SELECT s.shard, s.crash_epoch FROM resilience_outbox_lease s
					JOIN turn t ON t.shard = s.shard AND t.epoch = s.epoch
					WHERE s.owner = ? FOR UPDATE OF s
				), done AS (
					DELETE FROM resilience_outbox o USING unnest(?::int[], ?::bigint[]) AS d(shard, id)
					WHERE o.shard = d.shard AND o.id = d.id AND o.shard IN (SELECT shard FROM held)
				), done_later AS (
					DELETE FROM resilience_outbox_later l USING unnest(?::int[], ?::bigint[]) AS d(shard, id)
					WHERE l.shard = d.shard AND l.id = d.id AND l.shard IN (SELECT shard FROM held)
				), batch AS MATERIALIZED (
					SELECT found.* FROM held h JOIN turn t ON t.shard = h.shard CROSS JOIN LATERAL (
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
				SELECT h.shard, h.crash_epoch, o.id, o.message_id, o.type, o.msg_key, o.headers, o.payload,
				o.published_at, o.delay_ms, o.claim
				FROM held h LEFT JOIN batch o ON o.shard = h.shard ORDER BY h.shard, o.id""");
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
		List<StoredMessage> done = turns.stream().flatMap((turn) -> turn.delivered().stream()).toList();
		List<StoredMessage> hot = done.stream().filter((message) -> !message.later()).toList();
		List<StoredMessage> later = done.stream().filter(StoredMessage::later).toList();
		statement.setObject(1, turns.stream().mapToInt((turn) -> turn.lease().shard()).toArray());
		statement.setObject(2, turns.stream().mapToLong((turn) -> turn.lease().epoch()).toArray());
		statement.setObject(3, turns.stream().map((turn) -> Rows.text(turn.inFlight())).toArray(String[]::new));
		statement.setObject(4, turns.stream().map(ShardTurn::recorded).toArray(Boolean[]::new));
		statement.setObject(5, turns.stream().mapToLong(ShardTurn::cursor).toArray());
		statement.setObject(6, turns.stream().mapToInt(ShardTurn::limit).toArray());
		statement.setString(7, exchange.owner());
		statement.setObject(8, hot.stream().mapToInt(StoredMessage::shard).toArray());
		statement.setObject(9, hot.stream().mapToLong(StoredMessage::id).toArray());
		statement.setObject(10, later.stream().mapToInt(StoredMessage::shard).toArray());
		statement.setObject(11, later.stream().mapToLong(StoredMessage::id).toArray());
		statement.setObject(12, exchange.types().toArray(String[]::new));
	}

	private static Exchanged read(Exchange exchange, ResultSet rows) throws SQLException {
		Set<Integer> lost = new HashSet<>();
		exchange.turns().forEach((turn) -> lost.add(turn.lease().shard()));
		List<StoredMessage> fetched = new ArrayList<>();
		while (rows.next()) {
			int shard = rows.getInt(1);
			lost.remove(shard);
			long id = rows.getLong(3);
			if (!rows.wasNull()) {
				long claim = rows.getLong(11);
				fetched.add(new StoredMessage(shard, id, false, rows.getString(4), rows.getString(5), rows.getString(6),
						rows.getString(7), rows.getString(8), rows.getLong(9), rows.getLong(10), 0, 0,
						claim != 0 && claim == rows.getLong(2)));
			}
		}
		return new Exchanged(lost, fetched, List.of(), Long.MAX_VALUE);
	}

}
