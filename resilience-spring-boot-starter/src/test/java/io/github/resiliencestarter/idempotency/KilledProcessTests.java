package io.github.resiliencestarter.idempotency;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.resiliencestarter.idempotency.KilledProcess.Edge;
import io.github.resiliencestarter.idempotency.KilledProcess.Victim;
import io.github.resiliencestarter.jdbc.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kills processes in the middle of calls, and counts effects and compares replies
 * afterwards. A round is one process that is killed while it has a call at every edge, so
 * each round tries every edge once. How many there are is the system property
 * {@code resilience.test.kill-rounds}.
 */
class KilledProcessTests {

	private static final int ROUNDS = Integer.getInteger("resilience.test.kill-rounds", 2);

	private final Callers callers = new Callers();

	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void aCallWhoseProcessWasKilledHasItsEffectOnceAndOneReply(TestDatabase server) throws Exception {
		String url = server.createDatabase();
		try (Instance survivor = Instance.start(server.createDataSource(url), List.of(Victim.class))) {
			for (int round = 0; round < ROUNDS; round++) {
				long pid = kill(server, url, "-" + round);
				for (Edge edge : Edge.values()) {
					verify(survivor, edge, edge + "-" + round, pid);
				}
			}
		}
		finally {
			this.callers.close();
		}
	}

	private void verify(Instance survivor, Edge edge, String key, long killed) throws Exception {
		List<Future<String>> duplicates = this.callers.call(2,
				() -> survivor.get(Victim.class).run(key, Edge.BEFORE_CLAIM));
		String reply = Callers.get(duplicates.get(0));
		assertThat(Callers.get(duplicates.get(1))).isEqualTo(reply);
		long by = (edge == Edge.AFTER_COMMIT) ? killed : ProcessHandle.current().pid();
		assertThat(reply).as(key).isEqualTo("by " + by);
		assertThat(survivor.effects(key)).as(key).isOne();
	}

	private static long kill(TestDatabase server, String url, String suffix) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-cp",
				System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
				KilledProcess.class.getName(), url, server.username(), server.password(), suffix)
			.redirectErrorStream(true)
			.start();
		try (BufferedReader output = process.inputReader()) {
			Set<Edge> reached = EnumSet.noneOf(Edge.class);
			List<String> lines = new ArrayList<>();
			while (reached.size() < Edge.values().length) {
				String line = output.readLine();
				assertThat(line).as("output of the process at " + reached + " after " + lines).isNotNull();
				lines.add(line);
				if (line.startsWith("AT ")) {
					reached.add(Edge.valueOf(line.substring(3)));
				}
			}
		}
		finally {
			process.destroyForcibly().waitFor();
		}
		return process.pid();
	}

}
