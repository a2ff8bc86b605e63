package io.github.resiliencestarter.outbox.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import com.zaxxer.hikari.HikariDataSource;
import io.github.resiliencestarter.guard.VirtualClock;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Instances that start at once on tables that are new.
 */
class StartUpRaceTests {

	private static final int SHARDS = 32;

	private static final Duration LEASE = Duration.ofHours(1);

	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void shardsAreCreatedOnceAndNobodyFails(TestDatabase server) throws Exception {
		ExecutorService instances = Executors.newFixedThreadPool(4);
		try (HikariDataSource dataSource = server.createDataSource()) {
			ResilienceDatabase database = server.withTables(dataSource);
			Callable<Integer> start = () -> new SkipLockedOutboxStore(database,
					new JdbcOutboxStore(database, new VirtualClock(), LEASE, false), LEASE)
				.prepare(SHARDS);
			for (int round = 0; round < 30; round++) {
				new JdbcTemplate(dataSource).update("DELETE FROM resilience_outbox_lease");
				List<Callable<Integer>> all = IntStream.range(0, 4).mapToObj((instance) -> start).toList();
				for (Future<Integer> prepared : instances.invokeAll(all)) {
					assertThat(prepared.get()).isEqualTo(SHARDS);
				}
			}
		}
		finally {
			instances.shutdownNow();
		}
	}

}
