package io.github.resiliencestarter.idempotency;

import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.resiliencestarter.idempotency.OrderDesk.Receipt;
import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the look at a key before the transaction of its call.
 */
class ExpectedReplayTests {

	static Stream<Arguments> isolations() {
		return Stream.of(TestDatabase.values())
			.flatMap((server) -> Stream.of("read-committed", "repeatable-read", "serializable")
				.map((isolation) -> Arguments.of(server, isolation)));
	}

	@ParameterizedTest
	@MethodSource("isolations")
	void aFirstCallThatIsTakenForADuplicateRunsOnce(TestDatabase server, String isolation) throws Exception {
		String url = server.createDatabase();
		try (Instance one = Instance.start(server, url);
				Instance other = Instance.start(server, url);
				Callers callers = new Callers()) {
			for (int round = 0; round < 5; round++) {
				String key = "key-" + round;
				expectReplays(one, "place-" + isolation);
				expectReplays(other, "place-" + isolation);
				Future<Receipt> here = callers.call(() -> place(one, isolation, key));
				Future<Receipt> there = callers.call(() -> place(other, isolation, key));
				assertThat(Callers.get(here)).isEqualTo(Callers.get(there));
				assertThat(one.effects(key)).isOne();
			}
		}
	}

	@Test
	void aForgottenKeyThatCannotBeTakenAwayYetIsLookedAtAgain() throws Exception {
		TestDatabase server = TestDatabase.POSTGRESQL;
		String url = server.createDatabase();
		try (HikariDataSource impatient = new HikariDataSource(impatient(server, url));
				Instance instance = Instance.start(new CountingDataSource(impatient),
						List.of(Script.class, OrderDesk.class));
				Instance bystander = Instance.start(server, url);
				Callers callers = new Callers()) {
			instance.desk().place("old", "book");
			bystander.get(JdbcClient.class).sql("UPDATE resilience_idempotency SET forget_at = 0").update();
			CountingDataSource counting = (CountingDataSource) instance.get(DataSource.class);
			TransactionTemplate holder = new TransactionTemplate(bystander.get(PlatformTransactionManager.class));
			Future<Receipt> again = holder.execute((status) -> {
				bystander.count("SELECT COUNT(*) FROM (SELECT 1 FROM resilience_idempotency FOR UPDATE) AS held");
				int before = counting.count().transactions();
				Future<Receipt> call = callers.call(() -> instance.desk().place("old", "book"));
				// the look before the transaction has failed, and the one after the claim
				await().atMost(1, TimeUnit.MINUTES)
					.until(() -> call.isDone() || counting.count().transactions() >= before + 2);
				return call;
			});
			assertThat(Callers.get(again)).isNotNull();
			assertThat(instance.effects("old")).isEqualTo(2);
		}
	}

	private static HikariConfig impatient(TestDatabase server, String url) {
		HikariConfig configuration = server.configuration(url);
		configuration.setConnectionInitSql("SET lock_timeout = 20");
		return configuration;
	}

	@Test
	void theForecastIsThatOfTheLastCallsUnlessOneOfThemStandsAlone() {
		ReplayForecast forecast = new ReplayForecast();
		assertThat(forecast.expectsReplay()).isFalse();
		forecast.observe(true);
		assertThat(forecast.expectsReplay()).isTrue();
		for (boolean usual : new boolean[] { false, true }) {
			for (int call = 0; call < 10; call++) {
				forecast.observe(usual);
			}
			assertThat(forecast.expectsReplay()).isEqualTo(usual);
			forecast.observe(!usual);
			assertThat(forecast.expectsReplay()).isEqualTo(usual);
			forecast.observe(!usual);
			assertThat(forecast.expectsReplay()).isEqualTo(!usual);
		}
	}

	@Test
	void fewFirstCallsPayForDuplicatesThatComeNowAndThen() {
		ReplayForecast forecast = new ReplayForecast();
		Random random = new Random(1);
		int wrong = 0;
		for (int call = 0; call < 100_000; call++) {
			boolean replayed = random.nextInt(10) == 0;
			if (!replayed && forecast.expectsReplay()) {
				wrong++;
			}
			forecast.observe(replayed);
		}
		assertThat(wrong).as("of about 90,000").isBetween(500, 2_000);
	}

	private static void expectReplays(Instance instance, String operation) {
		IdempotentOperation found = instance.get(IdempotentOperations.class).find(operation);
		assertThat(found).isNotNull();
		for (int count = 0; count < 3; count++) {
			found.forecast.observe(true);
		}
	}

	private static Receipt place(Instance instance, String isolation, String key) {
		return switch (isolation) {
			case "read-committed" -> instance.desk().placeReadCommitted(key, "book");
			case "repeatable-read" -> instance.desk().placeRepeatableRead(key, "book");
			default -> instance.desk().placeSerializable(key, "book");
		};
	}

}
