package io.github.resiliencestarter.outbox.jdbc;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.outbox.Committed;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * PostgreSQL's {@code LISTEN}. Reflection, because the driver is the application's
 * choice, and one without notifications only means that the poll finds the messages.
 */
final class PostgresAnnouncements implements Announcements {

	private static final String DRIVER = "org.postgresql.PGConnection";

	private final Connection connection;

	private final String channel;

	private final Object listener;

	private PostgresAnnouncements(Connection connection, String channel, Object listener) {
		this.connection = connection;
		this.channel = channel;
		this.listener = listener;
	}

	static Announcements open(ResilienceDatabase database, Connection connection, MonotonicClock clock)
			throws SQLException {
		Object listener = listener(connection);
		if (listener == null) {
			return Announcements.none(clock);
		}
		PostgresAnnouncements announcements = new PostgresAnnouncements(connection, database.sql("resilience_outbox"),
				listener);
		announcements.execute("LISTEN ");
		return announcements;
	}

	private static @Nullable Object listener(Connection connection) throws SQLException {
		ClassLoader loader = PostgresAnnouncements.class.getClassLoader();
		if (!ClassUtils.isPresent(DRIVER, loader)) {
			return null;
		}
		Class<?> type = ClassUtils.resolveClassName(DRIVER, loader);
		return connection.isWrapperFor(type) ? connection.unwrap(type) : null;
	}

	@Override
	public List<Committed> listen(Duration longest) throws SQLException {
		List<Committed> committed = new ArrayList<>();
		Object[] notifications = (Object[]) call(this.listener, "getNotifications", (int) longest.toMillis());
		for (Object notification : (notifications != null) ? notifications : new Object[0]) {
			committed.addAll(parse((String) call(notification, "getParameter")));
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

	private static @Nullable Object call(Object target, String name, Object... arguments) {
		Class<?>[] types = (arguments.length == 0) ? new Class<?>[0] : new Class<?>[] { int.class };
		Method method = Objects.requireNonNull(ReflectionUtils.findMethod(target.getClass(), name, types));
		ReflectionUtils.makeAccessible(method);
		return ReflectionUtils.invokeMethod(method, target, arguments);
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
