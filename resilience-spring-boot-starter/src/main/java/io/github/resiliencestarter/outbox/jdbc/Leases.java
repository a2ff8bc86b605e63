package io.github.resiliencestarter.outbox.jdbc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.outbox.Attendance;
import io.github.resiliencestarter.outbox.LeaseState;
import io.github.resiliencestarter.outbox.ShardLease;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/**
 * Who owns which shard, in the database's time. Each method runs within a transaction.
 */
final class Leases {

	private static final RowMapper<ShardLease> LEASE = (row, number) -> new ShardLease(row.getInt(1), row.getLong(2));

	private static final RowMapper<Free> FREE = (row, number) -> new Free(row.getInt(1), row.getString(2),
			row.getLong(3), row.getLong(4), Rows.ids(row.getString(5)));

	private final JdbcTemplate jdbc;

	private final ResilienceDatabase database;

	private final Suspects suspects;

	private final Members members;

	Leases(JdbcTemplate jdbc, ResilienceDatabase database) {
		this.jdbc = jdbc;
		this.database = database;
		this.suspects = new Suspects(jdbc, database);
		this.members = Members.withShards(jdbc, database);
	}

	int prepare(int shards) {
		this.members.refuseOthers();
		return create(shards);
	}

	/**
	 * Of several instances that start at once, the one that creates the first lease
	 * creates them all, and the others only wait for it: locking more than one, in
	 * transactions that go on, would make deadlocks.
	 */
	int create(int shards) {
		int existing = count("SELECT COUNT(*) FROM resilience_outbox_lease");
		boolean ours = existing == 0 && update(insertIfMissing(), 0) > 0;
		for (int shard = 1; ours && shard < shards; shard++) {
			update(insertIfMissing(), shard);
		}
		return count("SELECT COUNT(*) FROM resilience_outbox_lease");
	}

	private String insertIfMissing() {
		String insert = "INTO resilience_outbox_lease (shard, epoch, expires_at, crash_epoch) VALUES (?, 0, 0, 0)";
		return switch (this.database.dialect()) {
			case POSTGRESQL -> "INSERT " + insert + " ON CONFLICT DO NOTHING";
			case MARIADB, MYSQL -> "INSERT IGNORE " + insert;
			case H2 -> """
					MERGE INTO resilience_outbox_lease l USING (SELECT CAST(? AS INT) AS wanted) w ON l.shard = w.wanted
					WHEN NOT MATCHED THEN INSERT (shard, epoch, expires_at, crash_epoch) VALUES (w.wanted, 0, 0, 0)""";
		};
	}

	Attendance attend(String owner, Duration lease) {
		int alive = this.members.attend(owner, lease);
		update("UPDATE resilience_outbox_lease SET expires_at = {now} + ? WHERE owner = ? AND expires_at < {now} + ?",
				lease.toMillis(), owner, lease.toMillis() * 2 / 3);
		List<ShardLease> held = this.jdbc.query(sql("SELECT shard, epoch FROM resilience_outbox_lease WHERE owner = ?"),
				LEASE, owner);
		return new Attendance(alive, count("SELECT COUNT(*) FROM resilience_outbox_lease"),
				count("SELECT COUNT(*) FROM resilience_outbox_lease WHERE expires_at < {now}"), new HashSet<>(held),
				occupied(owner), nextDue(owner));
	}

	private Set<Integer> occupied(String owner) {
		return new HashSet<>(this.jdbc.queryForList(sql("""
				SELECT s.shard FROM resilience_outbox_lease s WHERE s.owner = ? AND EXISTS (
				SELECT 1 FROM resilience_outbox o WHERE o.shard = s.shard)"""), Integer.class, owner));
	}

	private long nextDue(String owner) {
		Long next = this.jdbc.queryForObject(sql("""
				SELECT MIN(l.due) - {now} FROM resilience_outbox_later l
				JOIN resilience_outbox_lease s ON s.shard = l.shard WHERE s.owner = ?"""), Long.class, owner);
		return (next != null) ? next : Long.MAX_VALUE;
	}

	List<ShardLease> acquire(String owner, int most, Duration lease) {
		List<Free> free = this.jdbc.query(sql("""
				SELECT shard, owner, epoch, crash_epoch, in_flight FROM resilience_outbox_lease
				WHERE expires_at < {now} ORDER BY shard LIMIT ? FOR UPDATE SKIP LOCKED"""), FREE, most);
		List<ShardLease> leases = new ArrayList<>();
		for (Free shard : free) {
			this.suspects.park(shard.shard(), shard.inFlight(), shard.deadEpoch());
			update("""
					UPDATE resilience_outbox_lease SET owner = ?, epoch = ?, expires_at = {now} + ?, crash_epoch = ?,
					in_flight = NULL WHERE shard = ?""", owner, shard.epoch() + 1, lease.toMillis(),
					(shard.owner() != null) ? shard.epoch() : shard.crashEpoch(), shard.shard());
			leases.add(new ShardLease(shard.shard(), shard.epoch() + 1));
		}
		this.members.forgetDead(lease);
		return leases;
	}

	int release(String owner, Map<ShardLease, List<Long>> leases) {
		leases.forEach((lease, inFlight) -> update("""
				UPDATE resilience_outbox_lease SET owner = NULL, expires_at = 0, in_flight = ?
				WHERE shard = ? AND owner = ? AND epoch = ?""", Rows.text(inFlight), lease.shard(), owner,
				lease.epoch()));
		return leases.size();
	}

	int leave(String owner) {
		return this.members.leave(owner);
	}

	List<LeaseState> list() {
		return this.jdbc.query(sql("""
				SELECT shard, owner, epoch, expires_at - {now} FROM resilience_outbox_lease ORDER BY shard"""),
				(row, number) -> state(row.getInt(1), row.getString(2), row.getLong(3), row.getLong(4)));
	}

	/**
	 * Find a shard's lease, with the ids that its owner may have under way.
	 */
	@Nullable Found find(int shard) {
		return this.jdbc
			.query(sql("SELECT shard, owner, epoch, expires_at - {now}, in_flight FROM resilience_outbox_lease "
					+ "WHERE shard = ?"),
					(row, number) -> new Found(state(row.getInt(1), row.getString(2), row.getLong(3), row.getLong(4)),
							Rows.ids(row.getString(5))),
					shard)
			.stream()
			.findFirst()
			.orElse(null);
	}

	private static LeaseState state(int shard, @Nullable String owner, long epoch, long expiresIn) {
		return new LeaseState(shard, owner, epoch, (owner != null) ? Duration.ofMillis(expiresIn) : null);
	}

	private int count(String sql) {
		Integer count = this.jdbc.queryForObject(sql(sql), Integer.class);
		return (count != null) ? count : 0;
	}

	private int update(String sql, Object... arguments) {
		return this.jdbc.update(sql(sql), arguments);
	}

	private String sql(String template) {
		return this.database.sql(template);
	}

	private record Free(int shard, @Nullable String owner, long epoch, long crashEpoch, List<Long> inFlight) {

		/** An owner that left of itself has told what it does not know. */
		@Nullable Long deadEpoch() {
			return (this.owner != null) ? this.epoch : null;
		}

	}

	/**
	 * A lease and the ids that its owner may have under way.
	 */
	record Found(LeaseState state, List<Long> inFlight) {

	}

}
