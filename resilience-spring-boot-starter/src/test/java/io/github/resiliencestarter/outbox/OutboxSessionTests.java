package io.github.resiliencestarter.outbox;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariDataSource;
import io.github.resiliencestarter.Wire;
import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of what the databases' sessions make faster: leases and poll intervals are so
 * long that nothing would happen without them.
 */
class OutboxSessionTests {

	private static final String[] NEVER = { "resilience.outbox.lease=3h", "resilience.outbox.poll-interval=1h" };

	private static final Set<String> delivered = ConcurrentHashMap.newKeySet();

	@BeforeEach
	void forget() {
		delivered.clear();
	}

	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void theShardsOfAKilledProcessAreTakenOverLongBeforeTheirLeasesEnd(TestDatabase server) throws Exception {
		String url = server.createDatabase();
		Process victim = OutboxProcess.start(server, url, NEVER);
		awaitOwned(server, url);
		try (OutboxApplication survivor = OutboxApplication.start(server, url, Notes.class, NEVER)) {
			await().until(() -> owned(survivor) == 8 && sessions(survivor) == 2);
			awaitALookAtTheOthers(survivor);
			publish(survivor, 1);
			assertThat(delivered).as("whose shard is another's").isEmpty();
			victim.destroyForcibly().waitFor();
			await().until(() -> delivered.size() == 1);
			assertThat(survivor.bean(OutboxOperations.class).leases())
				.allMatch((lease) -> lease.epoch() == 2 && lease.owner() != null);
		}
		finally {
			victim.destroyForcibly();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void committedMessagesAreAnnouncedToTheOwnersOfTheirShards(boolean autoCommit) {
		TestDatabase server = TestDatabase.POSTGRESQL;
		String url = server.createDatabase();
		String[] never = Stream
			.concat(Stream.of(NEVER), Stream.of("spring.datasource.hikari.auto-commit=" + autoCommit))
			.toArray(String[]::new);
		try (OutboxApplication owner = OutboxApplication.start(server, url, Notes.class, never)) {
			await().until(() -> owned(owner) == 8);
			try (OutboxApplication publisher = OutboxApplication.start(server, url, Notes.class, never)) {
				await().until(() -> sessions(owner) == 2);
				assertThat(owned(owner)).as("shards of the first instance").isEqualTo(8);
				publish(publisher, 100);
				await().until(() -> delivered.size() == 100);
				assertThat(owner.bean(OutboxOperations.class).handlers().get("notes").delivered()).isEqualTo(100);
			}
		}
	}

	/**
	 * When all sessions break at once, as in a restart of the database, the first that is
	 * back finds the others' locks free.
	 */
	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void whoIsNotBackYetAfterARestartIsNotTakenForDead(TestDatabase server) {
		String url = server.createDatabase();
		try (OutboxApplication app = OutboxApplication.start(server, url, Notes.class, NEVER)) {
			await().until(() -> owned(app) == 8 && sessions(app) == 1);
			app.jdbc()
				.sql("INSERT INTO resilience_outbox_member (owner, has_session, expires_at) VALUES ('away', TRUE, ?)")
				.param(Long.MAX_VALUE)
				.update();
			app.jdbc().sql("UPDATE resilience_outbox_lease SET owner = 'away' WHERE shard = 7").update();
			awaitALookAtTheOthers(app);
			assertThat(app.bean(OutboxOperations.class).leases().get(7).owner()).isEqualTo("away");
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void anInstanceThatLosesItsSessionButLivesOpensAnother(TestDatabase server) throws IOException {
		String url = server.createDatabase();
		try (Wire wire = new Wire(url);
				OutboxApplication app = OutboxApplication.start(server, wire.url(), Notes.class);
				OutboxApplication other = OutboxApplication.start(server, url, Notes.class)) {
			await().until(() -> owned(other) == 8 && sessions(other) == 2);
			awaitALookAtTheOthers(other);
			wire.cut();
			await().until(() -> sessions(other) == 1);
			wire.repair();
			await().until(() -> sessions(other) == 2 && owned(other) == 8);
			publish(app, 10);
			await().until(() -> delivered.size() == 10);
		}
	}

	private static void publish(OutboxApplication app, int count) {
		IntStream.range(0, count)
			.forEach((number) -> app
				.inTransaction(() -> app.outbox().message(new Note("n" + number)).key("k" + number).publish()));
	}

	private static long owned(OutboxApplication app) {
		return app.bean(OutboxOperations.class).leases().stream().filter((lease) -> lease.owner() != null).count();
	}

	/**
	 * A session that has marked its instance looks at the others that are marked: when it
	 * marks it again, the look is over. One instance after the other, because who finds
	 * another's mark missing does not look at it.
	 */
	private static void awaitALookAtTheOthers(OutboxApplication app) {
		for (String member : app.jdbc()
			.sql("SELECT owner FROM resilience_outbox_member WHERE owner <> 'away'")
			.query(String.class)
			.list()) {
			for (int mark = 0; mark < 2; mark++) {
				app.jdbc()
					.sql("UPDATE resilience_outbox_member SET has_session = FALSE WHERE owner = ?")
					.param(member)
					.update();
				await().until(() -> sessions(app) == 2);
			}
		}
	}

	private static void awaitOwned(TestDatabase server, String url) {
		try (HikariDataSource dataSource = server.createDataSource(url)) {
			server.withTables(dataSource);
			JdbcClient jdbc = JdbcClient.create(dataSource);
			await().until(() -> jdbc.sql("SELECT COUNT(*) FROM resilience_outbox_lease WHERE owner IS NOT NULL")
				.query(Integer.class)
				.single() == 8);
		}
	}

	private static long sessions(OutboxApplication app) {
		return app.jdbc()
			.sql("SELECT COUNT(*) FROM resilience_outbox_member WHERE has_session = TRUE")
			.query(Long.class)
			.single();
	}

	record Note(String text) {

	}

	static class Notes {

		@OutboxHandler("notes")
		void on(Note note) {
			delivered.add(note.text());
		}

	}

}
