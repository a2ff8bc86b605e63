package io.github.resiliencestarter.outbox.jdbc;

import java.time.Duration;

import io.github.resiliencestarter.jdbc.ResilienceDatabase;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Which instances are alive, in the database's time. Instances that share the messages in
 * one way refuse to run beside those that share them in another, because they know
 * nothing of each other's claims. Each method runs within a transaction.
 */
final class Members {

	private static final String SKIP_LOCKED = "skip-locked:";

	private final JdbcTemplate jdbc;

	private final ResilienceDatabase database;

	private final boolean skipLocked;

	private Members(JdbcTemplate jdbc, ResilienceDatabase database, boolean skipLocked) {
		this.jdbc = jdbc;
		this.database = database;
		this.skipLocked = skipLocked;
	}

	static Members withShards(JdbcTemplate jdbc, ResilienceDatabase database) {
		return new Members(jdbc, database, false);
	}

	static Members withSkipLocked(JdbcTemplate jdbc, ResilienceDatabase database) {
		return new Members(jdbc, database, true);
	}

	/**
	 * Report an instance as alive.
	 * @return how many are
	 */
	int attend(String owner, Duration lease) {
		refuseOthers();
		if (update("UPDATE resilience_outbox_member SET expires_at = {now} + ? WHERE owner = ?", lease.toMillis(),
				name(owner)) == 0) {
			update("INSERT INTO resilience_outbox_member (owner, has_session, expires_at) VALUES (?, FALSE, {now} + ?)",
					name(owner), lease.toMillis());
		}
		return alive("");
	}

	void refuseOthers() {
		if (alive(this.skipLocked ? " AND owner NOT LIKE '" + SKIP_LOCKED + "%'"
				: " AND owner LIKE '" + SKIP_LOCKED + "%'") > 0) {
			throw new IllegalStateException("Another instance is running with resilience.outbox.claim="
					+ (this.skipLocked ? "shards" : "skip-locked")
					+ ". Both ways of sharing the messages cannot be in use at the same time: stop all instances, "
					+ "wait for resilience.outbox.lease if one of them crashed, and start them with the same value.");
		}
	}

	private int alive(String condition) {
		Integer count = this.jdbc.queryForObject(
				this.database.sql("SELECT COUNT(*) FROM resilience_outbox_member WHERE expires_at > {now}" + condition),
				Integer.class);
		return (count != null) ? count : 0;
	}

	int leave(String owner) {
		return forget(name(owner));
	}

	/**
	 * A process that was stopped in the middle of a transaction keeps its row locked, and
	 * must not make the others wait.
	 */
	void forgetDead(Duration lease) {
		this.jdbc
			.queryForList(this.database.sql("SELECT owner FROM resilience_outbox_member WHERE expires_at < {now} - ? "
					+ "FOR UPDATE SKIP LOCKED"), String.class, lease.toMillis())
			.forEach(this::forget);
	}

	private int forget(String member) {
		return update("DELETE FROM resilience_outbox_member WHERE owner = ?", member);
	}

	private String name(String owner) {
		return this.skipLocked ? SKIP_LOCKED + owner : owner;
	}

	private int update(String sql, Object... arguments) {
		return this.jdbc.update(this.database.sql(sql), arguments);
	}

}
