package io.github.resiliencestarter.outbox.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.SqlDialect;
import io.github.resiliencestarter.jdbc.TailStatement;
import io.github.resiliencestarter.jdbc.TransactionTail;
import io.github.resiliencestarter.outbox.Appended;
import io.github.resiliencestarter.outbox.NewMessage;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementCallback;

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

	/**
	 * Insert messages.
	 * @param tail takes the last of the statements along with the commit, if it is there
	 * @return what they were given, complete after the last statement
	 */
	List<Appended> append(List<NewMessage> messages, boolean wanted, @Nullable TransactionTail tail) {
		boolean returned = wanted && returnsAppended();
		List<Appended> appended = new ArrayList<>(messages.size());
		for (int from = 0; from < messages.size(); from += MOST) {
			int to = Math.min(from + MOST, messages.size());
			Insert insert = new Insert(sql(to - from, returned), messages.subList(from, to), appended);
			if (tail != null && to == messages.size()) {
				tail.add(insert);
			}
			else {
				this.jdbc.execute(insert.sql(), insert);
			}
		}
		return appended;
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

	/**
	 * MySQL knows no RETURNING.
	 */
	boolean returnsAppended() {
		return this.dialect != SqlDialect.MYSQL;
	}

	/**
	 * One statement.
	 *
	 * @param appended where to put what the messages are given
	 */
	private record Insert(String sql, List<NewMessage> messages,
			List<Appended> appended) implements TailStatement, PreparedStatementCallback<List<Appended>> {

		@Override
		public List<Appended> doInPreparedStatement(PreparedStatement statement) throws SQLException {
			bind(statement, 1);
			if (statement.execute()) {
				read(statement.getResultSet());
			}
			return this.appended;
		}

		@Override
		public int bind(PreparedStatement statement, int first) throws SQLException {
			int index = first;
			for (NewMessage message : this.messages) {
				statement.setInt(index++, message.shard());
				statement.setString(index++, message.messageId());
				statement.setString(index++, message.type());
				statement.setString(index++, message.key());
				statement.setString(index++, message.headers());
				statement.setString(index++, message.payload());
				statement.setLong(index++, message.delayMillis());
				statement.setLong(index++, message.claim());
			}
			return index;
		}

		@Override
		public void read(ResultSet rows) throws SQLException {
			while (rows.next()) {
				this.appended.add(new Appended(rows.getLong(1), rows.getLong(2)));
			}
		}

	}

}
