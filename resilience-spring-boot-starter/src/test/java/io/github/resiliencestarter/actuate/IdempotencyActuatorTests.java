package io.github.resiliencestarter.actuate;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.ClassUtils;

import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.idempotency.IdempotencyAutoConfiguration;
import io.github.resiliencestarter.idempotency.IdempotencyConflictException;
import io.github.resiliencestarter.idempotency.IdempotencyKeyReusedException;
import io.github.resiliencestarter.idempotency.IdempotencyOperations;
import io.github.resiliencestarter.idempotency.IdempotencyReplyUnavailableException;
import io.github.resiliencestarter.idempotency.Idempotent;
import io.github.resiliencestarter.jdbc.ResilienceJdbcAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for what operators learn of idempotent operations, and for the purge.
 */
class IdempotencyActuatorTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, JacksonAutoConfiguration.class,
				DataSourceAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class,
				TransactionAutoConfiguration.class, JdbcTemplateAutoConfiguration.class,
				JdbcClientAutoConfiguration.class, ResilienceJdbcAutoConfiguration.class,
				ClassUtils.resolveClassName(
						"io.github.resiliencestarter.idempotency.jdbc.JdbcIdempotencyAutoConfiguration", null),
				IdempotencyAutoConfiguration.class, IdempotencyActuatorAutoConfiguration.class))
		.withBean(Inner.class)
		.withBean(Desk.class)
		.withPropertyValues("spring.datasource.generate-unique-name=true",
				"resilience.idempotency.instances[place].on-concurrent=reject",
				"resilience.idempotency.instances[charge].on-concurrent=reject");

	@ParameterizedTest
	@ValueSource(strings = { "place", "charge" })
	void everyOutcomeIsCountedOnceAndForItsOwnOperation(String operation) {
		this.runner.run((context) -> {
			MeterRegistry meters = meters(context);
			Desk desk = context.getBean(Desk.class);
			assertThat(outcomes(meters, operation)).isEmpty();
			for (int call = 0; call < 3; call++) {
				call(desk, operation, "k", "book");
			}
			assertThat(outcomes(meters, operation)).isEqualTo(Map.of("executed", 1, "replayed", 2));
			assertThatExceptionOfType(IdempotencyKeyReusedException.class)
				.isThrownBy(() -> call(desk, operation, "k", "mug"));
			assertThatIllegalStateException().isThrownBy(() -> call(desk, operation, "broken", "broken"));
			for (int call = 0; call < 2; call++) {
				assertThatExceptionOfType(SoldOut.class).isThrownBy(() -> call(desk, operation, "sold", "sold out"));
			}
			CompletableFuture<Void> slow = CompletableFuture.runAsync(() -> call(desk, operation, "slow", "slow"));
			assertThat(desk.running().await(1, TimeUnit.MINUTES)).isTrue();
			assertThatExceptionOfType(IdempotencyConflictException.class)
				.isThrownBy(() -> call(desk, operation, "slow", "slow"));
			desk.finish().countDown();
			slow.get(1, TimeUnit.MINUTES);
			expire(context, "reply_until");
			assertThatExceptionOfType(IdempotencyReplyUnavailableException.class)
				.isThrownBy(() -> call(desk, operation, "k", "book"));
			assertThat(outcomes(meters, operation))
				.isEqualTo(Map.of("executed", 3, "replayed", 3, "mismatch", 1, "failed", 2, "conflict", 1));
			assertThat(outcomes(meters, "place".equals(operation) ? "charge" : "place")).isEmpty();
		});
	}

	@Test
	void theRefusalOfANestedCallIsAFailureOfTheOuterOne() {
		this.runner.run((context) -> {
			MeterRegistry meters = meters(context);
			Desk desk = context.getBean(Desk.class);
			context.getBean(Inner.class).call("taken", "book");
			assertThatExceptionOfType(IdempotencyKeyReusedException.class)
				.isThrownBy(() -> call(desk, "place", "outer", "nested"));
			assertThat(outcomes(meters, "place")).isEqualTo(Map.of("failed", 1));
			assertThat(outcomes(meters, "inner")).isEqualTo(Map.of("executed", 1, "mismatch", 1));
		});
	}

	@Test
	void anOperationThatComesLaterIsCountedToo() {
		this.runner.run((context) -> {
			MeterRegistry meters = meters(context);
			context.getBean(IdempotencyOperations.class).execute("import", "k", null, String.class, () -> "done");
			assertThat(outcomes(meters, "import")).isEqualTo(Map.of("executed", 1));
		});
	}

	@Test
	void theStoreIsHealthyAsLongAsItAnswers() {
		this.runner.run((context) -> {
			IdempotencyHealthIndicator health = context.getBean(IdempotencyHealthIndicator.class);
			assertThat(health.health().getStatus()).isEqualTo(Status.UP);
			assertThat(health.health().getDetails().get("operations")).asString().contains("place", "charge");
			context.getBean(JdbcClient.class).sql("DROP TABLE resilience_idempotency").update();
			assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
		});
	}

	@Test
	void whatIsPastIsPurgedInTheBackground() {
		this.runner.withPropertyValues("resilience.idempotency.purge-interval=10ms").run((context) -> {
			call(context.getBean(Desk.class), "place", "kept", "book");
			JdbcClient jdbc = context.getBean(JdbcClient.class);
			call(context.getBean(Desk.class), "place", "past", "book");
			expire(context, "reply_until", "forget_at", "purge_at");
			call(context.getBean(Desk.class), "place", "fresh", "book");
			await().atMost(1, TimeUnit.MINUTES)
				.until(() -> jdbc.sql("SELECT COUNT(*) FROM resilience_idempotency").query(Long.class).single() == 1);
		});
	}

	@Test
	void noneOfItNeedsAnActuatorOrMicrometer() {
		this.runner
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate",
					"org.springframework.boot.health", "io.micrometer"))
			.run((context) -> {
				assertThat(context).hasNotFailed()
					.doesNotHaveBean("resilienceIdempotencyEndpoint")
					.doesNotHaveBean("idempotencyHealthIndicator")
					.doesNotHaveBean("resilienceIdempotencyMetrics");
				call(context.getBean(Desk.class), "place", "k", "book");
			});
	}

	private static String call(Desk desk, String operation, String key, String sku) {
		try {
			return "place".equals(operation) ? desk.place(key, sku) : desk.charge(key, sku);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static MeterRegistry meters(ApplicationContext context) {
		MeterRegistry registry = new SimpleMeterRegistry();
		context.getBean(IdempotencyMetrics.class).bindTo(registry);
		return registry;
	}

	private static Map<String, Integer> outcomes(MeterRegistry registry, String operation) {
		Map<String, Integer> outcomes = new TreeMap<>();
		for (FunctionCounter counter : registry.find("resilience.idempotency.calls")
			.tag("name", operation)
			.functionCounters()) {
			if (counter.count() > 0) {
				outcomes.put(counter.getId().getTag("outcome"), (int) counter.count());
			}
		}
		return outcomes;
	}

	private static void expire(ApplicationContext context, String... columns) {
		for (String column : columns) {
			JdbcClient.create(context.getBean(DataSource.class))
				.sql("UPDATE resilience_idempotency SET " + column + " = 0")
				.update();
		}
	}

	@SuppressWarnings("serial")
	static class SoldOut extends RuntimeException {

		SoldOut(String message) {
			super(message);
		}

	}

	public static class Inner {

		@Idempotent(key = "#key", operation = "inner")
		public String call(String key, String sku) {
			return sku;
		}

	}

	public static class Desk {

		private final Inner inner;

		private final CountDownLatch running = new CountDownLatch(1);

		private final CountDownLatch finish = new CountDownLatch(1);

		Desk(Inner inner) {
			this.inner = inner;
		}

		@Idempotent(key = "#key", operation = "place", rememberExceptions = SoldOut.class)
		public String place(String key, String sku) throws InterruptedException {
			return work(sku);
		}

		@Idempotent(key = "#key", operation = "charge", mode = Idempotent.Mode.LEASED,
				rememberExceptions = SoldOut.class)
		public String charge(String key, String sku) throws InterruptedException {
			return work(sku);
		}

		private String work(String sku) throws InterruptedException {
			switch (sku) {
				case "broken" -> throw new IllegalStateException(sku);
				case "sold out" -> throw new SoldOut(sku);
				case "nested" -> this.inner.call("taken", "mug");
				case "slow" -> {
					this.running.countDown();
					this.finish.await();
				}
				default -> {
				}
			}
			return sku;
		}

		CountDownLatch running() {
			return this.running;
		}

		CountDownLatch finish() {
			return this.finish;
		}

	}

}
