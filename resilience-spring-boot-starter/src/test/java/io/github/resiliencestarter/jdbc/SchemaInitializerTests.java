package io.github.resiliencestarter.jdbc;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SchemaInitializer}.
 */
class SchemaInitializerTests {

	@ParameterizedTest
	@EnumSource
	void createsTheTablesWhenSeveralInstancesStartAtOnce(TestDatabase server) throws Exception {
		try (HikariDataSource dataSource = server.createDataSource()) {
			ExecutorService instances = Executors.newFixedThreadPool(4);
			List<Future<ResilienceDatabase>> started = IntStream.range(0, 4)
				.mapToObj((instance) -> instances.submit(() -> server.withTables(dataSource)))
				.toList();
			for (Future<ResilienceDatabase> instance : started) {
				instance.get();
			}
			instances.shutdown();
			assertThat(JdbcClient.create(dataSource)
				.sql("SELECT COUNT(*) FROM resilience_outbox")
				.query(Long.class)
				.single()).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource
	void theDatabasesClockIsInMilliseconds(TestDatabase server) {
		try (HikariDataSource dataSource = server.createDataSource()) {
			assertThat(SqlDialect.of(dataSource)).isEqualTo(server.dialect());
			ResilienceDatabase database = new ResilienceDatabase(dataSource, server.dialect(), "resilience_");
			Long now = JdbcClient.create(dataSource).sql(database.sql("SELECT {now}")).query(Long.class).single();
			assertThat(now).isBetween(System.currentTimeMillis() - 60_000, System.currentTimeMillis() + 60_000);
		}
	}

}
