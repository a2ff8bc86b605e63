package io.github.resiliencestarter.outbox.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.SqlDialect;
import io.github.resiliencestarter.outbox.Appended;
import io.github.resiliencestarter.outbox.NewMessage;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Inserts the messages of a transaction: one statement for up to {@value #MOST} of them.
 */
final class Publications {

	private static final int MOST = 500;

	private final JdbcTemplate jdbc;

	private final SqlDialect dialect;

	private final String insert;

	private final String row;

	/** Nearly all transactions publish one message. */
	private final String one;

	private final String oneReturned;

	Publications(JdbcTemplate jdbc, ResilienceDatabase database) {
		this.jdbc = jdbc;
		this.dialect = database.dialect();
		this.insert = database.sql("""
				INSERT INTO resilience_outbox
				(shard, message_id, type, msg_key, headers, payload, delay_ms, claim, published_at) VALUES\s""");
		this.row = database.sql("(?,?,?,?,?,?,?,?,{now})");
		this.one = build(1, false);
		this.oneReturned = build(1, true);
	}

	List<Appended> append(List<NewMessage> messages, boolean wanted) {
		boolean returned = wanted && returnsAppended();
		List<Appended> appended = new ArrayList<>(messages.size());
		for (int from = 0; from < messages.size(); from += MOST) {
			List<NewMessage> part = messages.subList(from, Math.min(from + MOST, messages.size()));
			appended.addAll(Objects.requireNonNull(this.jdbc.execute(sql(part.size(), returned),
					(PreparedStatement statement) -> insert(statement, part, returned))));
		}
		return appended;
	}

	private static List<Appended> insert(PreparedStatement statement, List<NewMessage> messages, boolean returned)
			throws SQLException {
		int index = 0;
		for (NewMessage message : messages) {
			statement.setInt(++index, message.shard());
			statement.setString(++index, message.messageId());
			statement.setString(++index, message.type());
			statement.setString(++index, message.key());
			statement.setString(++index, message.headers());
			statement.setString(++index, message.payload());
			statement.setLong(++index, message.delayMillis());
			statement.setLong(++index, message.claim());
		}
		return appended(statement, returned);
	}

	private String sql(int rows, boolean returned) {
		if (rows > 1) {
			return build(rows, returned);
		}
		return returned ? this.oneReturned : this.one;
	}

	private String build(int rows, boolean returned) {
		String values = this.insert + String.join(",", Collections.nCopies(rows, this.row));
		if (!returned) {
			return values;
		}
		return (this.dialect == SqlDialect.H2) ? "SELECT id, published_at FROM FINAL TABLE (" + values + ")"
				: values + " RETURNING id, published_at";
	}

	private static List<Appended> appended(PreparedStatement statement, boolean returned) throws SQLException {
		if (!returned) {
			statement.executeUpdate();
			return List.of();
		}
		return read(statement.executeQuery());
	}

	/**
	 * MySQL knows no RETURNING.
	 */
	boolean returnsAppended() {
		return this.dialect != SqlDialect.MYSQL;
	}

	private static List<Appended> read(ResultSet rows) throws SQLException {
		try (rows) {
			List<Appended> appended = new ArrayList<>();
			while (rows.next()) {
				appended.add(new Appended(rows.getLong(1), rows.getLong(2)));
			}
			return appended;
		}
	}

}
