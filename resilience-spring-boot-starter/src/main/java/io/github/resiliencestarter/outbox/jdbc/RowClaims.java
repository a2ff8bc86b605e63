package io.github.resiliencestarter.outbox.jdbc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.outbox.ShardTurn;
import io.github.resiliencestarter.outbox.StoredMessage;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Claims of single messages. A claimed message is moved to those that wait, in the state
 * in which it is to be found if its instance dies: due when the claim ends, one attempt
 * used, ambiguous. The time at which the claim ends is also its fence, because whoever
 * takes the message over changes it. Each method runs within a transaction.
 */
final class RowClaims {

	/** In flight somewhere: claimed, and the claim has not ended. */
	private static final String CLAIMED = "c.crashes > 0 AND c.due > {now}";

	private static final String HOT = """
			SELECT %s FROM resilience_outbox o WHERE o.shard = ? AND o.type IN (%s) AND (o.msg_key IS NULL OR (
			NOT EXISTS (SELECT 1 FROM resilience_outbox p
				WHERE p.shard = o.shard AND p.msg_key = o.msg_key AND p.id < o.id)
			AND NOT EXISTS (SELECT 1 FROM resilience_outbox_later c
				WHERE c.shard = o.shard AND c.held_key = o.msg_key AND (c.id < o.id OR %s))))
			ORDER BY o.id LIMIT ?""";

	private static final String NO_OTHER_CLAIMED = """
			AND (l.msg_key IS NULL OR NOT EXISTS (SELECT 1 FROM resilience_outbox_later c
			WHERE c.shard = l.shard AND c.held_key = l.msg_key AND c.id <> l.id AND %s))""".formatted(CLAIMED);

	private final JdbcTemplate jdbc;

	private final ResilienceDatabase database;

	private final Suspects suspects;

	private final DueMessages dueMessages;

	RowClaims(JdbcTemplate jdbc, ResilienceDatabase database) {
		this.jdbc = jdbc;
		this.database = database;
		this.suspects = new Suspects(jdbc, database);
		this.dueMessages = new DueMessages(jdbc, database, NO_OTHER_CLAIMED);
	}

	/**
	 * Keep other instances from claiming in these shards until the transaction ends:
	 * otherwise two could each find the other's message not yet claimed.
	 * @return those of the shards in which nobody else is claiming
	 */
	Set<Integer> lock(Collection<Integer> shards) {
		return shards.isEmpty() ? Set.of()
				: new HashSet<>(this.jdbc.queryForList(
						sql("SELECT shard FROM resilience_outbox_lease WHERE shard IN ("
								+ Rows.placeholders(shards.size()) + ") ORDER BY shard FOR UPDATE SKIP LOCKED"),
						Integer.class, shards.toArray()));
	}

	/**
	 * Claim messages that nobody has claimed yet. Delayed ones only begin to wait.
	 */
	List<StoredMessage> claim(ShardTurn turn, Set<String> types, long until) {
		int shard = turn.lease().shard();
		int most = turn.limit() - ((turn.cursor() == 0) ? turn.inFlight().size() : 0);
		if (most <= 0 || types.isEmpty()) {
			return List.of();
		}
		List<Object> arguments = new ArrayList<>(List.of(shard));
		arguments.addAll(types);
		arguments.add(most);
		List<StoredMessage> found = this.jdbc.query(
				sql(HOT.formatted(Rows.HOT_COLUMNS, Rows.placeholders(types.size()), CLAIMED)), Rows.hot(Map.of()),
				arguments.toArray());
		found.forEach((message) -> this.suspects.move(shard, message.id(), until));
		return found.stream().filter((message) -> message.delayMillis() == 0).map(RowClaims::moved).toList();
	}

	private static StoredMessage moved(StoredMessage message) {
		return new StoredMessage(message.shard(), message.id(), true, message.messageId(), message.type(),
				message.key(), message.headers(), message.payload(), message.publishedAt(), 0, 0, 0, false);
	}

	/**
	 * Claim messages whose time has come, or whose claim has ended.
	 */
	List<StoredMessage> claimDue(Set<Integer> shards, Set<String> types, int limit, int suspects, Set<Long> ended,
			long until) {
		List<StoredMessage> due = new ArrayList<>();
		Set<String> keys = new HashSet<>();
		for (StoredMessage message : this.dueMessages.fetch(shards, types, limit, suspects)) {
			if (!ended.contains(message.id())
					&& (message.key() == null || keys.add(message.shard() + ":" + message.key()))) {
				this.jdbc.update(sql("""
						UPDATE resilience_outbox_later SET due = ?, held_key = msg_key, attempts = attempts + 1,
						crashes = crashes + 1, ambiguous = TRUE WHERE shard = ? AND id = ?"""), until, message.shard(),
						message.id());
				due.add(message);
			}
		}
		return due;
	}

	long nextDue(Set<Integer> shards, int limit) {
		return this.dueMessages.nextDue(shards, limit);
	}

	/**
	 * Lock claims, so that nobody takes them over meanwhile.
	 * @return those that are still held
	 */
	Set<Long> held(Collection<Claim> claims) {
		Map<Integer, List<Claim>> shards = new HashMap<>();
		claims.forEach(
				(claim) -> shards.computeIfAbsent(claim.message().shard(), (shard) -> new ArrayList<>()).add(claim));
		Set<Long> held = new HashSet<>();
		shards.forEach((shard, part) -> {
			Map<Long, Long> until = new HashMap<>();
			part.forEach((claim) -> until.put(claim.message().id(), claim.until()));
			List<Object> arguments = new ArrayList<>(List.of(shard));
			arguments.addAll(until.keySet());
			this.jdbc.query(sql("SELECT id, due FROM resilience_outbox_later WHERE shard = ? AND id IN ("
					+ Rows.placeholders(until.size()) + ") FOR UPDATE"), (row) -> {
						if (Long.valueOf(row.getLong(2)).equals(until.get(row.getLong(1)))) {
							held.add(row.getLong(1));
						}
					}, arguments.toArray());
		});
		return held;
	}

	/**
	 * Renew claims that end soon.
	 */
	Renewal renew(Collection<Claim> claims, Duration lease) {
		long now = this.database.now(this.jdbc);
		long until = now + lease.toMillis();
		Renewal renewal = new Renewal(new ArrayList<>(), new ArrayList<>());
		for (Claim claim : claims) {
			if (claim.until() < now + lease.toMillis() * 2 / 3) {
				int updated = this.jdbc.update(
						sql("UPDATE resilience_outbox_later SET due = ? WHERE shard = ? AND id = ? AND due = ?"), until,
						claim.message().shard(), claim.message().id(), claim.until());
				((updated > 0) ? renewal.renewed() : renewal.lost()).add(new Claim(claim.message(), until));
			}
		}
		return renewal;
	}

	/**
	 * Give a message back: as it was if it was never sent, else as ambiguous.
	 */
	void giveBack(Claim claim, boolean sent) {
		StoredMessage message = claim.message();
		if (sent) {
			this.jdbc.update(
					sql("UPDATE resilience_outbox_later SET due = {now} WHERE shard = ? AND id = ? AND due = ?"),
					message.shard(), message.id(), claim.until());
		}
		else {
			this.jdbc.update(sql("""
					UPDATE resilience_outbox_later SET due = {now}, attempts = ?, crashes = ?, ambiguous = ?
					WHERE shard = ? AND id = ? AND due = ?"""), message.attempts(), message.crashes(),
					message.ambiguous(), message.shard(), message.id(), claim.until());
		}
	}

	private String sql(String template) {
		return this.database.sql(template);
	}

	/**
	 * What became of claims.
	 *
	 * @param renewed claims that last longer now
	 * @param lost claims that others have taken over
	 */
	record Renewal(List<Claim> renewed, List<Claim> lost) {

	}

	/**
	 * A claimed message.
	 *
	 * @param message the message as it was before
	 * @param until when the claim ends, by the database's clock
	 */
	record Claim(StoredMessage message, long until) {

	}

}
