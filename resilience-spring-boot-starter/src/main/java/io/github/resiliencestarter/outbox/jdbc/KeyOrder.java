package io.github.resiliencestarter.outbox.jdbc;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.outbox.NewMessage;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Lets transactions that publish to the same key commit one after the other, so that the
 * order of ids is the order of commits. A key's lock is a row that it shares with others;
 * it is taken just before the messages are inserted, which is just before the commit, and
 * always in the same order.
 */
final class KeyOrder {

	private static final int LOCKS = 256;

	private final JdbcTemplate jdbc;

	private final ResilienceDatabase database;

	private final RelayTransaction transaction;

	KeyOrder(JdbcTemplate jdbc, ResilienceDatabase database, RelayTransaction transaction) {
		this.jdbc = jdbc;
		this.database = database;
		this.transaction = transaction;
	}

	void prepare() {
		try {
			if (count() < LOCKS) {
				this.transaction.execute(() -> this.jdbc.batchUpdate(
						this.database.sql("INSERT INTO resilience_outbox_order (id) VALUES (?)"),
						IntStream.range(0, LOCKS).<Object[]>mapToObj((lock) -> new Object[] { lock }).toList()));
			}
		}
		catch (DataAccessException ex) {
			// another instance may have been faster
			if (count() < LOCKS) {
				throw ex;
			}
		}
	}

	private int count() {
		Integer count = this.jdbc.queryForObject(this.database.sql("SELECT COUNT(*) FROM resilience_outbox_order"),
				Integer.class);
		return (count != null) ? count : 0;
	}

	void lock(List<NewMessage> messages) {
		Collection<Integer> locks = locks(messages);
		if (!locks.isEmpty()) {
			this.jdbc.queryForList(
					this.database.sql("SELECT id FROM resilience_outbox_order WHERE id IN ("
							+ Rows.placeholders(locks.size()) + ") ORDER BY id FOR UPDATE"),
					Integer.class, locks.toArray());
		}
	}

	private static Set<Integer> locks(List<NewMessage> messages) {
		Set<Integer> locks = new TreeSet<>();
		for (NewMessage message : messages) {
			if (message.key() != null) {
				locks.add(Math.floorMod(message.key().hashCode(), LOCKS));
			}
		}
		return locks;
	}

}
