package io.github.resiliencestarter.outbox.jdbc;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.outbox.Exchange;
import io.github.resiliencestarter.outbox.Exchanged;
import io.github.resiliencestarter.outbox.ShardTurn;
import io.github.resiliencestarter.outbox.StoredMessage;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The relay's transaction, step by step, as every database understands it. The first step
 * locks the leases: whoever lost one changes nothing about its shard, and nobody can take
 * one before the transaction has ended.
 */
final class Exchanges {

	private static final int SHARDS_IN_A_QUERY = 16;

	private final JdbcTemplate jdbc;

	private final ResilienceDatabase database;

	private final Settlement settlement;

	private final DueMessages dueMessages;

	Exchanges(JdbcTemplate jdbc, ResilienceDatabase database) {
		this.jdbc = jdbc;
		this.database = database;
		this.settlement = new Settlement(jdbc, database);
		this.dueMessages = new DueMessages(jdbc, database, "");
	}

	Exchanged exchange(Exchange exchange) {
		Map<Integer, Long> crashEpochs = lock(exchange);
		List<ShardTurn> turns = exchange.turns()
			.stream()
			.filter((turn) -> crashEpochs.containsKey(turn.lease().shard()))
			.toList();
		Set<Integer> lost = lost(exchange, crashEpochs.keySet());
		this.settlement.settle(exchange, (message) -> !lost.contains(message.shard()));
		List<StoredMessage> fetched = fetch(turns, exchange.types(), crashEpochs);
		List<StoredMessage> due = this.dueMessages.fetch(crashEpochs.keySet(), exchange.types(), exchange.due(),
				exchange.suspects());
		record(turns, fetched, due);
		return new Exchanged(lost, fetched, due, this.dueMessages.nextDue(crashEpochs.keySet(), exchange.due()));
	}

	private Map<Integer, Long> lock(Exchange exchange) {
		Map<Integer, Long> epochs = new HashMap<>();
		exchange.turns().forEach((turn) -> epochs.put(turn.lease().shard(), turn.lease().epoch()));
		Map<Integer, Long> crashEpochs = new HashMap<>();
		if (epochs.isEmpty()) {
			return crashEpochs;
		}
		List<Object> arguments = new ArrayList<>(epochs.keySet());
		arguments.add(exchange.owner());
		this.jdbc
			.query(this.database.sql("SELECT shard, epoch, crash_epoch FROM resilience_outbox_lease WHERE shard IN ("
					+ Rows.placeholders(epochs.size()) + ") AND owner = ? ORDER BY shard FOR UPDATE"), (row) -> {
						Long epoch = epochs.get(row.getInt(1));
						if (epoch != null && epoch == row.getLong(2)) {
							crashEpochs.put(row.getInt(1), row.getLong(3));
						}
					}, arguments.toArray());
		return crashEpochs;
	}

	private static Set<Integer> lost(Exchange exchange, Set<Integer> held) {
		Set<Integer> lost = new HashSet<>();
		exchange.turns().forEach((turn) -> lost.add(turn.lease().shard()));
		lost.removeAll(held);
		return lost;
	}

	private List<StoredMessage> fetch(List<ShardTurn> turns, Set<String> types, Map<Integer, Long> crashEpochs) {
		List<ShardTurn> hungry = turns.stream().filter((turn) -> turn.limit() > 0).toList();
		List<StoredMessage> fetched = new ArrayList<>();
		for (int from = 0; from < hungry.size(); from += SHARDS_IN_A_QUERY) {
			List<ShardTurn> part = hungry.subList(from, Math.min(from + SHARDS_IN_A_QUERY, hungry.size()));
			List<String> queries = new ArrayList<>();
			List<Object> arguments = new ArrayList<>();
			for (ShardTurn turn : part) {
				queries.add(query(types));
				arguments.add(turn.lease().shard());
				arguments.add(turn.cursor());
				arguments.addAll(types);
				arguments.add(turn.rows());
			}
			fetched.addAll(this.jdbc.query(this.database.sql(String.join(" UNION ALL ", queries)),
					Rows.hot(crashEpochs), arguments.toArray()));
		}
		return fetched;
	}

	private static String query(Set<String> types) {
		String wanted = types.isEmpty() ? "" : " OR o.type IN (" + Rows.placeholders(types.size()) + ")";
		return "(SELECT " + Rows.HOT_COLUMNS + " FROM resilience_outbox o WHERE o.shard = ? AND o.id > ? "
				+ "AND (o.msg_key IS NOT NULL" + wanted + ") AND (o.msg_key IS NULL OR NOT EXISTS ("
				+ "SELECT 1 FROM resilience_outbox_later l WHERE l.shard = o.shard AND l.held_key = o.msg_key "
				+ "AND l.id < o.id)) ORDER BY o.id LIMIT ?)";
	}

	private void record(List<ShardTurn> turns, List<StoredMessage> fetched, List<StoredMessage> due) {
		Map<Integer, List<Long>> windows = new HashMap<>();
		turns.forEach((turn) -> windows.put(turn.lease().shard(), new ArrayList<>(turn.inFlight())));
		fetched.forEach((message) -> window(windows, message));
		due.forEach((message) -> window(windows, message));
		windows.forEach((shard, ids) -> this.jdbc.update(
				this.database.sql("UPDATE resilience_outbox_lease SET in_flight = ? WHERE shard = ?"), Rows.text(ids),
				shard));
	}

	private static void window(Map<Integer, List<Long>> windows, StoredMessage message) {
		windows.computeIfAbsent(message.shard(), (shard) -> new ArrayList<>()).add(message.id());
	}

}
