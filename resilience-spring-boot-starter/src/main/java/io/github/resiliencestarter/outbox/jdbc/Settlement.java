package io.github.resiliencestarter.outbox.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.outbox.Buried;
import io.github.resiliencestarter.outbox.Exchange;
import io.github.resiliencestarter.outbox.Parked;
import io.github.resiliencestarter.outbox.StoredMessage;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The ways out of delivery: gone, later, dead. Deletes name the primary key, so that on
 * MariaDB and MySQL they lock no gap that publishers insert into.
 */
final class Settlement {

	private final JdbcTemplate jdbc;

	private final ResilienceDatabase database;

	Settlement(JdbcTemplate jdbc, ResilienceDatabase database) {
		this.jdbc = jdbc;
		this.database = database;
	}

	/**
	 * Settle what has ended.
	 * @param ours tells which messages this instance has not lost to another
	 */
	void settle(Exchange exchange, Predicate<StoredMessage> ours) {
		exchange.turns().forEach((turn) -> delivered(turn.delivered().stream().filter(ours).toList()));
		exchange.parked().stream().filter((parked) -> ours.test(parked.message())).forEach(this::park);
		exchange.buried().stream().filter((buried) -> ours.test(buried.message())).forEach(this::bury);
	}

	private void delivered(List<StoredMessage> messages) {
		Map<Boolean, Map<Integer, List<Long>>> places = messages.stream()
			.collect(Collectors.partitioningBy(StoredMessage::later, Collectors.groupingBy(StoredMessage::shard,
					TreeMap::new, Collectors.mapping(StoredMessage::id, Collectors.toList()))));
		places.forEach((later, shards) -> shards.forEach((shard, ids) -> delete(table(later), shard, ids)));
	}

	private void park(Parked parked) {
		StoredMessage message = parked.message();
		if (message.later()) {
			update("""
					UPDATE resilience_outbox_later SET due = %s?, attempts = ?, crashes = ?, ambiguous = ?,
					held_key = ?, last_error = ? WHERE shard = ? AND id = ?""".formatted(since(parked)), due(parked),
					parked.attempts(), message.crashes(), parked.ambiguous(), heldKey(parked), parked.error(),
					message.shard(), message.id());
		}
		else if (delete("resilience_outbox", message.shard(), List.of(message.id())) > 0) {
			update("""
					INSERT INTO resilience_outbox_later (shard, id, message_id, type, msg_key, held_key, headers,
					payload, published_at, due, attempts, crashes, ambiguous, last_error)
					VALUES (?,?,?,?,?,?,?,?,?,%s?,?,0,?,?)""".formatted(since(parked)), message.shard(), message.id(),
					message.messageId(), message.type(), message.key(), heldKey(parked), message.headers(),
					message.payload(), message.publishedAt(), due(parked), parked.attempts(), parked.ambiguous(),
					parked.error());
		}
	}

	private static String since(Parked parked) {
		return parked.sincePublication() ? "" : "{now} + ";
	}

	private static long due(Parked parked) {
		return parked.waitMillis() + (parked.sincePublication() ? parked.message().publishedAt() : 0);
	}

	private static @Nullable String heldKey(Parked parked) {
		return parked.holdsKey() ? parked.message().key() : null;
	}

	private void bury(Buried buried) {
		StoredMessage message = buried.message();
		if (delete(table(message.later()), message.shard(), List.of(message.id())) > 0) {
			update("""
					INSERT INTO resilience_outbox_dead (shard, id, message_id, type, msg_key, headers, payload,
					published_at, handler, attempts, last_error, dead_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,{now})""",
					message.shard(), message.id(), message.messageId(), message.type(), message.key(),
					message.headers(), message.payload(), message.publishedAt(), buried.handler(), buried.attempts(),
					buried.error());
		}
	}

	private static String table(boolean later) {
		return later ? "resilience_outbox_later" : "resilience_outbox";
	}

	private int delete(String table, int shard, List<Long> ids) {
		List<Object> arguments = new ArrayList<>();
		arguments.add(shard);
		arguments.addAll(ids);
		return update("DELETE FROM " + table + " WHERE shard = ? AND id IN (" + Rows.placeholders(ids.size()) + ")",
				arguments.toArray());
	}

	private int update(String sql, @Nullable Object... arguments) {
		return this.jdbc.update(this.database.sql(sql), arguments);
	}

}
