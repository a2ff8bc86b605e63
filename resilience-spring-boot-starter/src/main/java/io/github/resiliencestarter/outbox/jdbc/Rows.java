package io.github.resiliencestarter.outbox.jdbc;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import io.github.resiliencestarter.outbox.StoredMessage;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.RowMapper;

/**
 * Rows of the two tables from which messages are delivered.
 */
final class Rows {

	/** Columns of the hot table, in the order of {@link #hot}. */
	static final String HOT_COLUMNS = "o.shard, o.id, o.message_id, o.type, o.msg_key, o.headers, o.payload, "
			+ "o.published_at, o.delay_ms, o.claim";

	/** Columns of the table of waiting messages, in the order of {@link #LATER}. */
	static final String LATER_COLUMNS = "l.shard, l.id, l.message_id, l.type, l.msg_key, l.headers, l.payload, "
			+ "l.published_at, l.attempts, l.crashes, l.ambiguous";

	static final RowMapper<StoredMessage> LATER = (row, number) -> new StoredMessage(row.getInt(1), row.getLong(2),
			true, row.getString(3), row.getString(4), row.getString(5), row.getString(6), row.getString(7),
			row.getLong(8), 0, row.getInt(9), row.getInt(10), row.getBoolean(11));

	private Rows() {
	}

	/**
	 * A row that the shard's dead owner was going to deliver without fetching it, and
	 * that committed only after the takeover, may have been delivered.
	 */
	static RowMapper<StoredMessage> hot(Map<Integer, Long> crashEpochs) {
		return (row, number) -> {
			int shard = row.getInt(1);
			long claim = row.getLong(10);
			boolean ambiguous = claim != 0 && claim == crashEpochs.getOrDefault(shard, 0L);
			return new StoredMessage(shard, row.getLong(2), false, row.getString(3), row.getString(4), row.getString(5),
					row.getString(6), row.getString(7), row.getLong(8), row.getLong(9), 0, 0, ambiguous);
		};
	}

	static String placeholders(int count) {
		return String.join(",", Collections.nCopies(count, "?"));
	}

	static String text(Collection<Long> ids) {
		StringBuilder text = new StringBuilder(ids.size() * 8);
		for (long id : ids) {
			append(text, id);
		}
		return text.toString();
	}

	/**
	 * Add one to a text of ids.
	 */
	static void append(StringBuilder text, long id) {
		if (!text.isEmpty()) {
			text.append(',');
		}
		text.append(id);
	}

	static List<Long> ids(@Nullable String text) {
		return (text == null || text.isEmpty()) ? List.of()
				: Arrays.stream(text.split(",")).map(Long::valueOf).toList();
	}

}
