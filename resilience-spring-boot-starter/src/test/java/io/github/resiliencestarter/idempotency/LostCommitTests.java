package io.github.resiliencestarter.idempotency;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.datasource.DelegatingDataSource;

import io.github.resiliencestarter.Wire;
import io.github.resiliencestarter.guard.VirtualClock;
import io.github.resiliencestarter.idempotency.OrderDesk.Receipt;
import io.github.resiliencestarter.jdbc.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Tests for connections that die while they commit: over a real line that is cut, and for
 * H2, which has none, with a connection that breaks.
 */
class LostCommitTests {

	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void aCommitWhoseAnswerIsLostIsReportedAsTheSuccessItWas(TestDatabase server) throws Exception {
		try (Wire wire = new Wire(server.createDatabase()); Instance instance = start(server, wire)) {
			instance.script().next = () -> {
				wire.cutAt("COMMIT", Wire.Cut.AFTER);
				return null;
			};
			Receipt reply = instance.desk().place("lost-answer", "book");
			assertThat(instance.script().runs()).isOne();
			assertThat(instance.effects("lost-answer")).isOne();
			assertThat(instance.desk().place("lost-answer", "book")).isEqualTo(reply);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void aCommitThatNeverArrivedIsRunAgain(TestDatabase server) throws Exception {
		try (Wire wire = new Wire(server.createDatabase()); Instance instance = start(server, wire)) {
			instance.script().next = () -> {
				instance.script().next = () -> null;
				wire.cutAt("COMMIT", Wire.Cut.BEFORE);
				return null;
			};
			Receipt reply = instance.desk().place("lost-commit", "book");
			assertThat(instance.script().runs()).isEqualTo(2);
			assertThat(instance.effects("lost-commit")).isOne();
			assertThat(instance.desk().place("lost-commit", "book")).isEqualTo(reply);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void aCommitThatNobodyCanTellOfIsAnErrorAndItsDuplicateGetsTheReply(TestDatabase server) throws Exception {
		try (Wire wire = new Wire(server.createDatabase());
				CutOffPool pool = new CutOffPool(pool(server, wire), wire);
				Instance instance = Instance.start(pool, List.of(Script.class, OrderDesk.class, VirtualClock.class))) {
			instance.script().next = () -> {
				// so long that it asks only once
				instance.get(VirtualClock.class).advance(Duration.ofHours(1));
				wire.cutAt("COMMIT", Wire.Cut.AFTER_AND_STAY_DOWN);
				return null;
			};
			assertThatThrownBy(() -> instance.desk().place("unknown", "book"));
			wire.repair();
			// as soon as the pool has noticed
			await().ignoreExceptions().until(() -> instance.desk().place("unknown", "book").number() == 1);
			assertThat(instance.effects("unknown")).isOne();
			assertThat(instance.script().runs()).isOne();
		}
	}

	private static Instance start(TestDatabase server, Wire wire) {
		return Instance.start(pool(server, wire), List.of(Script.class, OrderDesk.class));
	}

	private static HikariDataSource pool(TestDatabase server, Wire wire) {
		String separator = wire.url().contains("?") ? "&" : "?";
		HikariConfig config = server.configuration(wire.url() + separator + "prepareThreshold=0");
		config.setConnectionTimeout(60_000);
		return new HikariDataSource(config);
	}

	@ParameterizedTest
	@EnumSource(names = { "BEFORE", "AFTER" })
	void aBrokenConnectionOfAnEmbeddedDatabaseIsNoDifferent(Wire.Cut cut) {
		AtomicReference<Wire.@Nullable Cut> next = new AtomicReference<>();
		try (HikariDataSource pool = TestDatabase.H2.createDataSource();
				Instance instance = Instance.start(new Breaking(pool, next), List.of(Script.class, OrderDesk.class))) {
			instance.script().next = () -> {
				instance.script().next = () -> null;
				next.set(cut);
				return null;
			};
			Receipt reply = instance.desk().place("broken", "book");
			assertThat(instance.script().runs()).isEqualTo((cut == Wire.Cut.AFTER) ? 1 : 2);
			assertThat(instance.effects("broken")).isOne();
			assertThat(instance.desk().place("broken", "book")).isEqualTo(reply);
		}
	}

	/**
	 * Connections that break at the next commit.
	 */
	private static final class Breaking extends DelegatingDataSource {

		private final AtomicReference<Wire.@Nullable Cut> next;

		Breaking(DataSource target, AtomicReference<Wire.@Nullable Cut> next) {
			super(target);
			this.next = next;
		}

		@Override
		public Connection getConnection() throws SQLException {
			Connection connection = super.getConnection();
			return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Connection.class },
					(proxy, method, arguments) -> {
						try {
							return method.getName().equals("commit") ? commit(connection)
									: method.invoke(connection, arguments);
						}
						catch (InvocationTargetException ex) {
							throw ex.getCause();
						}
					});
		}

		private Object commit(Connection connection) throws SQLException {
			Wire.Cut cut = this.next.getAndSet(null);
			if (cut == Wire.Cut.BEFORE) {
				connection.rollback();
				throw new SQLException("broken", "08006");
			}
			connection.commit();
			if (cut == Wire.Cut.AFTER) {
				throw new SQLException("broken", "08006");
			}
			return null;
		}

	}

}
