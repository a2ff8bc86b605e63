package io.github.resiliencestarter.outbox.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.outbox.Committed;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * PostgreSQL's {@code LISTEN}. A driver without notifications only means that the poll
 * finds the messages.
 */
final class PostgresAnnouncements implements Announcements {

	private final Connection connection;

	private final String channel;

	private final PGConnection listener;

	private PostgresAnnouncements(Connection connection, String channel, PGConnection listener) {
		this.connection = connection;
		this.channel = channel;
		this.listener = listener;
	}

	static Announcements open(ResilienceDatabase database, Connection connection, MonotonicClock clock)
			throws SQLException {
		PGConnection listener = PostgresDriver.connection(connection);
		if (listener == null) {
			return Announcements.none(clock);
		}
		PostgresAnnouncements announcements = new PostgresAnnouncements(connection, database.sql("resilience_outbox"),
				listener);
		announcements.execute("LISTEN ");
		return announcements;
	}

	@Override
	public List<Committed> listen(Duration longest) throws SQLException {
		List<Committed> committed = new ArrayList<>();
		for (PGNotification notification : this.listener.getNotifications((int) longest.toMillis())) {
			committed.addAll(parse(notification.getParameter()));
		}
		return committed;
	}

	static String text(Collection<Committed> committed) {
		return Rows
			.text(committed.stream().flatMap((each) -> Stream.of(Long.valueOf(each.shard()), each.from())).toList());
	}

	private static List<Committed> parse(@Nullable String text) {
		List<Long> numbers = Rows.ids(text);
		return IntStream.range(0, numbers.size() / 2)
			.mapToObj((index) -> new Committed(numbers.get(2 * index).intValue(), numbers.get(2 * index + 1)))
			.toList();
	}

	@Override
	public void close() throws SQLException {
		execute("UNLISTEN ");
	}

	private void execute(String command) throws SQLException {
		try (Statement statement = this.connection.createStatement()) {
			statement.execute(command + this.channel);
		}
	}

}
