package io.github.resiliencestarter.outbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import com.zaxxer.hikari.HikariDataSource;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Three processes on one database, killed and stopped in turn while they publish and
 * deliver, in both ways of sharing messages: once by default, and 100 times with
 * {@code mvn -pl resilience-spring-boot-starter test -Dtest=OutboxProcessTests -Doutbox.chaos.rounds=100}.
 */
class OutboxProcessTests {

	private static final int ROUNDS = Integer.getInteger("outbox.chaos.rounds", 1);

	private final List<Process> processes = new ArrayList<>();

	private final Random random = new Random(42);

	@AfterEach
	void end() {
		this.processes.forEach(Process::destroyForcibly);
	}

	@ParameterizedTest
	@CsvSource({ "POSTGRESQL, SHARDS", "MARIADB, SHARDS", "POSTGRESQL, SKIP_LOCKED", "MARIADB, SKIP_LOCKED" })
	void nothingIsLostAndOnlyAmbiguousMessagesComeTwiceWhateverIsKilled(TestDatabase server,
			OutboxProperties.Claim claim) throws Exception {
		String url = server.createDatabase();
		try (HikariDataSource dataSource = server.createDataSource(url)) {
			JdbcClient jdbc = JdbcClient.create(dataSource);
			Owners owners = new Owners(jdbc, server.withTables(dataSource), claim);
			createLedger(server, jdbc);
			for (int process = 0; process < 3; process++) {
				this.processes.add(start(server, url, claim));
			}
			await().until(() -> owners.count() == 3);
			for (int round = 0; round < ROUNDS; round++) {
				awaitProgress(jdbc);
				Process killed = stopInMidWork(jdbc);
				killed.destroyForcibly().waitFor();
				this.processes.set(this.processes.indexOf(killed), start(server, url, claim));
				await().until(() -> owners.countWithout(killed) == 3);
				Process stopped = stopInMidWork(jdbc);
				await().until(() -> owners.count() == 2);
				signal("CONT", stopped);
				await().until(() -> owners.count() == 3);
			}
			await().until(() -> count(jdbc, "SELECT COUNT(*) FROM orders") > 100);
			for (Process process : this.processes) {
				process.getOutputStream().write('\n');
				process.getOutputStream().flush();
			}
			await().untilAsserted(() -> assertThat(missing(jdbc)).isZero());
			await().untilAsserted(() -> assertThat(left(jdbc)).isZero());
			assertTruthful(jdbc);
			assertOneUnderWay(jdbc);
		}
	}

	private static void assertTruthful(JdbcClient jdbc) {
		assertThat(count(jdbc, """
				SELECT COUNT(*) FROM ledger l WHERE NOT EXISTS (
				SELECT 1 FROM orders o WHERE o.message_id = l.message_id)""")).as("delivered, but never committed")
			.isZero();
		assertThat(count(jdbc, """
				SELECT COUNT(*) FROM (SELECT message_id FROM ledger WHERE ambiguous = FALSE
				GROUP BY message_id HAVING COUNT(*) > 1) twice""")).as("delivered twice without being told").isZero();
		assertThat(count(jdbc, """
				WITH firsts AS (SELECT l.msg_key, o.producer, o.id AS published, MIN(l.id) AS delivered
				FROM ledger l JOIN orders o ON o.message_id = l.message_id WHERE l.msg_key IS NOT NULL
				GROUP BY l.msg_key, o.producer, o.id)
				SELECT COUNT(*) FROM (SELECT delivered, LAG(delivered) OVER (
				PARTITION BY msg_key, producer ORDER BY published) AS previous FROM firsts) pairs
				WHERE delivered < previous""")).as("overtaken within a key").isZero();
	}

	/**
	 * Two messages of a key are under way at once only where the one is at an instance
	 * that has lost it: it is delivered again, before the other, or after a predecessor
	 * that is delivered again too.
	 */
	private static void assertOneUnderWay(JdbcClient jdbc) {
		assertThat(jdbc.sql("""
				SELECT a.id AS earlier, b.id AS later FROM ledger a JOIN ledger b ON b.msg_key = a.msg_key
				AND b.id > a.id AND (a.done_at IS NULL OR a.done_at >= b.id) WHERE NOT EXISTS (
					SELECT 1 FROM ledger r WHERE r.message_id = a.message_id AND r.ambiguous = TRUE
					AND r.attempt > a.attempt AND (r.id <= b.id OR (b.ambiguous = TRUE AND EXISTS (
						SELECT 1 FROM ledger p WHERE p.message_id = b.message_id AND p.id < a.id))))
				AND NOT EXISTS (
					SELECT 1 FROM ledger r WHERE r.message_id = b.message_id AND r.ambiguous = TRUE
					AND r.attempt > b.attempt AND r.id < b.id)""").query().listOfRows())
			.as("begun while another of its key was under way")
			.isEmpty();
	}

	/**
	 * Stop a process while it delivers something.
	 */
	private Process stopInMidWork(JdbcClient jdbc) {
		Process victim = this.processes.get(this.random.nextInt(3));
		await().until(() -> {
			signal("STOP", victim);
			boolean inMidWork = jdbc.sql("SELECT COUNT(*) FROM ledger WHERE instance = ? AND done_at IS NULL")
				.param(victim.pid())
				.query(Long.class)
				.single() > 0;
			if (!inMidWork) {
				signal("CONT", victim);
			}
			return inMidWork;
		});
		return victim;
	}

	private static void awaitProgress(JdbcClient jdbc) {
		long before = count(jdbc, "SELECT COUNT(*) FROM ledger");
		await().until(() -> count(jdbc, "SELECT COUNT(*) FROM ledger") > before + 50);
	}

	private static void signal(String signal, Process process) throws Exception {
		assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor()).isZero();
	}

	private static Process start(TestDatabase server, String url, OutboxProperties.Claim claim) {
		return OutboxProcess.start(server, url, "resilience.outbox.claim=" + claim, "resilience.outbox.lease=2s",
				"resilience.outbox.defaults.max-attempts=100");
	}

	private static void createLedger(TestDatabase server, JdbcClient jdbc) {
		String id = (server == TestDatabase.POSTGRESQL) ? "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
				: "BIGINT AUTO_INCREMENT PRIMARY KEY";
		jdbc.sql("CREATE TABLE orders (id " + id + ", message_id CHAR(36) NOT NULL, producer BIGINT NOT NULL)")
			.update();
		jdbc.sql("CREATE TABLE ledger (id " + id + ", message_id CHAR(36) NOT NULL, msg_key VARCHAR(255), "
				+ "ambiguous BOOLEAN NOT NULL, attempt INT NOT NULL, instance BIGINT NOT NULL, done_at BIGINT)")
			.update();
		jdbc.sql("CREATE INDEX ledger_message ON ledger (message_id)").update();
		jdbc.sql("CREATE INDEX ledger_key ON ledger (msg_key, id)").update();
		jdbc.sql("CREATE INDEX orders_message ON orders (message_id)").update();
	}

	private static long missing(JdbcClient jdbc) {
		return count(jdbc, """
				SELECT COUNT(*) FROM orders o WHERE NOT EXISTS (
				SELECT 1 FROM ledger l WHERE l.message_id = o.message_id AND l.done_at IS NOT NULL)""");
	}

	private static long left(JdbcClient jdbc) {
		return count(jdbc, "SELECT COUNT(*) FROM resilience_outbox")
				+ count(jdbc, "SELECT COUNT(*) FROM resilience_outbox_later")
				+ count(jdbc, "SELECT COUNT(*) FROM resilience_outbox_dead");
	}

	private static long count(JdbcClient jdbc, String sql) {
		return jdbc.sql(sql).query(Long.class).single();
	}

	/**
	 * The instances that share the messages.
	 */
	private record Owners(JdbcClient jdbc, ResilienceDatabase database, OutboxProperties.Claim claim) {

		int count() {
			return names().size();
		}

		long countWithout(Process process) {
			return names().stream().filter((name) -> !name.startsWith(process.pid() + "-")).count();
		}

		private List<String> names() {
			String names = switch (this.claim) {
				case SHARDS -> "SELECT DISTINCT owner FROM resilience_outbox_lease WHERE owner IS NOT NULL";
				case SKIP_LOCKED -> "SELECT owner FROM resilience_outbox_member WHERE expires_at > {now}";
			};
			return this.jdbc.sql(this.database.sql(names)).query(String.class).list();
		}

	}

}
