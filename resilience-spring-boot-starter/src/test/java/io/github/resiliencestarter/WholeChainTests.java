package io.github.resiliencestarter;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import javax.sql.DataSource;

import io.github.resiliencestarter.circuitbreaker.CircuitBreaker;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakers;
import io.github.resiliencestarter.fallback.Fallback;
import io.github.resiliencestarter.guard.GuardPlans;
import io.github.resiliencestarter.idempotency.Idempotent;
import io.github.resiliencestarter.throttle.Throttled;
import io.github.resiliencestarter.throttle.Throttles;
import io.github.resiliencestarter.timeout.Timeout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.retry.annotation.Backoff;
import org.springframework.retry.annotation.Retryable;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * All guards on one method, as an application has them.
 */
class WholeChainTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, JacksonAutoConfiguration.class,
				DataSourceAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class,
				JdbcTemplateAutoConfiguration.class, JdbcClientAutoConfiguration.class,
				TransactionAutoConfiguration.class))
		.withConfiguration(AutoConfigurations.of(ours()))
		.withPropertyValues("spring.datasource.generate-unique-name=true");

	private static Class<?>[] ours() {
		return StreamSupport
			.stream(ImportCandidates.load(AutoConfiguration.class, WholeChainTests.class.getClassLoader())
				.spliterator(), false)
			.filter((name) -> name.startsWith("io.github.resiliencestarter."))
			.map(WholeChainTests::load)
			.toArray(Class<?>[]::new);
	}

	private static Class<?> load(String name) {
		try {
			return Class.forName(name);
		}
		catch (ClassNotFoundException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void guardsStandInTheOrderOfTheContract() {
		this.runner.withBean(Everything.class)
			.run((context) -> assertThat(context.getBean(GuardPlans.class).all()).singleElement()
				.satisfies((plan) -> assertThat(plan.labels()).containsExactly("fallback", "timeout", "retry",
						"circuit-breaker", "throttle", "attempt-timeout", "idempotency", "transaction")));
	}

	@Test
	void anIdempotentMethodRunsInATransactionUnlessItsEffectIsOutsideTheDatabase() {
		this.runner.withBean(OnlyIdempotent.class)
			.run((context) -> assertThat(context.getBean(GuardPlans.class).all())
				.extracting((plan) -> plan.method().name() + " " + plan.labels())
				.containsExactly("OnlyIdempotent.inside [idempotency, transaction]",
						"OnlyIdempotent.outside [idempotency]"));
	}

	@Test
	void everyAttemptIsASampleTakesAPermitAndHasATransactionOfItsOwn() {
		this.runner.withBean(Everything.class).run((context) -> {
			Everything everything = context.getBean(Everything.class);
			everything.failures().set(2);
			assertThat(everything.call("key")).isEqualTo("third time");
			assertThat(context.getBean(CircuitBreakers.class).snapshot("Everything.call").failedCalls()).isEqualTo(2);
			assertThat(context.getBean(CircuitBreakers.class).snapshot("Everything.call").bufferedCalls()).isEqualTo(3);
			assertThat(context.getBean(Throttles.class).snapshot("Everything.call").permitted()).isEqualTo(3);
			assertThat(rows(context.getBean(DataSource.class))).isEqualTo(1);
		});
	}

	@Test
	void aReplayRunsNothingButIsACallOfItsOwn() {
		this.runner.withBean(Everything.class).run((context) -> {
			Everything everything = context.getBean(Everything.class);
			assertThat(everything.call("key")).isEqualTo("first time");
			assertThat(everything.call("key")).isEqualTo("first time");
			assertThat(everything.calls()).hasValue(1);
			assertThat(rows(context.getBean(DataSource.class))).isEqualTo(1);
		});
	}

	@Test
	void theFallbackAnswersForExhaustedRetriesAndForAnOpenBreaker() {
		this.runner.withBean(Everything.class)
			.withPropertyValues("resilience.circuit-breaker.instances[Everything.call].minimum-number-of-calls=3")
			.run((context) -> {
				Everything everything = context.getBean(Everything.class);
				everything.failures().set(Integer.MAX_VALUE);
				assertThat(everything.call("key")).isEqualTo("fallback for IllegalStateException");
				assertThat(everything.calls()).hasValue(3);
				assertThat(everything.call("key")).isEqualTo("fallback for CircuitBreakerOpenException");
				assertThat(everything.calls()).as("an open breaker uses up no attempts, and runs nothing").hasValue(3);
				assertThat(rows(context.getBean(DataSource.class))).as("rolled back").isZero();
			});
	}

	@Test
	void featuresCanBeSwitchedOffOneByOne() {
		this.runner.withBean(Everything.class)
			.withPropertyValues("resilience.circuit-breaker.enabled=false", "resilience.throttle.enabled=false",
					"resilience.timeout.enabled=false", "resilience.retry.enabled=false")
			.run((context) -> assertThat(context.getBean(GuardPlans.class).all().get(0).labels())
				.containsExactly("fallback", "idempotency", "transaction"));
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void theStartUpIsQuiet(CapturedOutput output) {
		this.runner.withBean(Everything.class)
			.run((context) -> assertThat(output.toString().lines()).as("what is not said by a thread of another test")
				.noneMatch((line) -> line.contains("WARN") && line.contains("main]")));
	}

	@Test
	void noThreadIsLeftWhenTheApplicationEnds() {
		Set<Thread> before = liveThreads();
		this.runner.withBean(Everything.class).run((context) -> context.getBean(Everything.class).call("key"));
		Set<Thread> begun = liveThreads();
		begun.removeAll(before);
		begun.removeIf((thread) -> !thread.getName().startsWith("resilience"));
		await().untilAsserted(() -> assertThat(begun).noneMatch(Thread::isAlive));
	}

	private static Set<Thread> liveThreads() {
		return Thread.getAllStackTraces().keySet().stream().collect(Collectors.toSet());
	}

	private static long rows(DataSource dataSource) {
		return JdbcClient.create(dataSource).sql("SELECT COUNT(*) FROM effects").query(Long.class).single();
	}

	static class OnlyIdempotent {

		@Idempotent(key = "#key")
		public void inside(String key) {
		}

		@Idempotent(key = "#key", mode = Idempotent.Mode.LEASED)
		public void outside(String key) {
		}

	}

	static class Everything {

		private final AtomicInteger failures = new AtomicInteger();

		private final AtomicInteger calls = new AtomicInteger();

		private final JdbcClient jdbc;

		Everything(JdbcClient jdbc) {
			this.jdbc = jdbc;
			jdbc.sql("CREATE TABLE effects (id INT)").update();
		}

		AtomicInteger failures() {
			return this.failures;
		}

		AtomicInteger calls() {
			return this.calls;
		}

		@Fallback("answer")
		@Timeout(value = "30s", attempt = "10s")
		@Retryable(maxAttempts = 3, backoff = @Backoff(delay = 1))
		@CircuitBreaker
		@Throttled("100/s")
		@Idempotent(key = "#key")
		@Transactional
		public String call(String key) {
			int call = this.calls.incrementAndGet();
			this.jdbc.sql("INSERT INTO effects VALUES (?)").param(call).update();
			if (this.failures.getAndDecrement() > 0) {
				throw new IllegalStateException("not yet");
			}
			return List.of("first", "second", "third").get(call - 1) + " time";
		}

		String answer(String key, Throwable failure) {
			return "fallback for " + failure.getClass().getSimpleName();
		}

	}

}
