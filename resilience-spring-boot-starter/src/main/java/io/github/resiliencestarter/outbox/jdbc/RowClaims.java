package io.github.resiliencestarter.outbox.jdbc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.outbox.ShardTurn;
import io.github.resiliencestarter.outbox.StoredMessage;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Claims of single messages. A claimed message is moved to those that wait, in the state
 * in which it is to be found if its instance dies: due when the claim ends, one attempt
 * used, ambiguous. The end of the claim and the count of crashes are also its fence,
 * because whoever takes the message over moves the one and adds to the other. Each method
 * runs within a transaction.
 * <p>
 * Invariant: of a key at most one claim has not ended. Whoever claims holds the lock of
 * the shard, and so does who takes up a claim of its own again that has ended, because
 * others may have claimed a message of the key since. Renewing a claim that has not ended
 * needs no such lock, nor does settling; therefore a message that was found is claimed
 * only if it is still there, and its claim has still ended, when its row is changed.
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
		if (types.isEmpty()) {
			return List.of();
		}
		List<Object> arguments = new ArrayList<>(List.of(shard));
		arguments.addAll(types);
		arguments.add(turn.limit());
		List<StoredMessage> found = this.jdbc.query(
				sql(HOT.formatted(Rows.HOT_COLUMNS, Rows.placeholders(types.size()), CLAIMED)), Rows.hot(Map.of()),
				arguments.toArray());
		return found.stream()
			.filter((message) -> this.suspects.move(shard, message.id(), until) > 0 && message.delayMillis() == 0)
			.map(RowClaims::moved)
			.toList();
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
					&& (message.key() == null || keys.add(message.shard() + ":" + message.key()))
					&& claimDue(message, until)) {
				due.add(message);
			}
		}
		return due;
	}

	private boolean claimDue(StoredMessage message, long until) {
		return this.jdbc.update(sql("""
				UPDATE resilience_outbox_later SET due = ?, held_key = msg_key, attempts = attempts + 1,
				crashes = crashes + 1, ambiguous = TRUE
				WHERE shard = ? AND id = ? AND crashes = ? AND due <= {now}"""), until, message.shard(), message.id(),
				message.crashes()) > 0;
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
			Map<Long, Claim> byId = new HashMap<>();
			part.forEach((claim) -> byId.put(claim.message().id(), claim));
			List<Object> arguments = new ArrayList<>(List.of(shard));
			arguments.addAll(byId.keySet());
			this.jdbc.query(sql("SELECT id, due, crashes FROM resilience_outbox_later WHERE shard = ? AND id IN ("
					+ Rows.placeholders(byId.size()) + ") FOR UPDATE"), (row) -> {
						Claim claim = Objects.requireNonNull(byId.get(row.getLong(1)));
						if (row.getLong(2) == claim.until() && row.getInt(3) == claim.crashes()) {
							held.add(row.getLong(1));
						}
					}, arguments.toArray());
		});
		return held;
	}

	/**
	 * Renew claims that end soon, and take up again those that have ended and stand in
	 * nobody's way.
	 */
	Renewal renew(Collection<Claim> claims, Duration lease) {
		long now = this.database.now(this.jdbc);
		long until = now + lease.toMillis();
		Set<Integer> locked = lock(claims.stream()
			.filter((claim) -> claim.until() <= now)
			.map((claim) -> claim.message().shard())
			.collect(Collectors.toSet()));
		Renewal renewal = new Renewal(new ArrayList<>(), new ArrayList<>());
		for (Claim claim : claims) {
			if (claim.until() < now + lease.toMillis() * 2 / 3) {
				boolean renewed = (claim.until() > now) ? renew(claim, until)
						: locked.contains(claim.message().shard()) && takeUp(claim, until);
				(renewed ? renewal.renewed() : renewal.lost()).add(new Claim(claim.message(), until));
			}
		}
		return renewal;
	}

	private boolean renew(Claim claim, long until) {
		return update("due = ?", " AND due > {now}", claim, until);
	}

	private boolean takeUp(Claim claim, long until) {
		StoredMessage message = claim.message();
		Long others = this.jdbc.queryForObject(
				sql("SELECT COUNT(*) FROM resilience_outbox_later c "
						+ "WHERE c.shard = ? AND c.held_key = ? AND c.id <> ? AND " + CLAIMED),
				Long.class, message.shard(), message.key(), message.id());
		return Long.valueOf(0).equals(others) && update("due = ?", "", claim, until);
	}

	/**
	 * Give a message back: as it was if it was never sent, else as ambiguous.
	 */
	void giveBack(Claim claim, boolean sent) {
		StoredMessage message = claim.message();
		if (sent) {
			update("due = {now}", "", claim);
		}
		else {
			update("due = {now}, attempts = ?, crashes = ?, ambiguous = ?", "", claim, message.attempts(),
					message.crashes(), message.ambiguous());
		}
	}

	/**
	 * Change a message whose claim is still the one that is known.
	 */
	private boolean update(String assignments, String condition, Claim claim, Object... values) {
		List<Object> arguments = new ArrayList<>(List.of(values));
		arguments.addAll(List.of(claim.message().shard(), claim.message().id(), claim.until(), claim.crashes()));
		return this.jdbc.update(
				sql("UPDATE resilience_outbox_later SET " + assignments
						+ " WHERE shard = ? AND id = ? AND due = ? AND crashes = ?" + condition),
				arguments.toArray()) > 0;
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

		int crashes() {
			return this.message.crashes() + 1;
		}

	}

}
