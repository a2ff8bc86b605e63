package io.github.resiliencestarter.circuitbreaker;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;

import io.github.resiliencestarter.circuitbreaker.CircuitBreakerSnapshot.State;
import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.GuardPlans;
import io.github.resiliencestarter.guard.InvalidGuardException;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.VirtualClock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for {@link CircuitBreakerAutoConfiguration}: what applications get.
 */
class CircuitBreakerAutoConfigurationTests {

	private static final String INSTANCES = "resilience.circuit-breaker.instances";

	private final VirtualClock clock = new VirtualClock();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, CircuitBreakerAutoConfiguration.class))
		.withBean(MonotonicClock.class, () -> this.clock);

	@Test
	void anAnnotatedMethodIsNoLongerCalledOnceItKeepsFailing() {
		this.runner.withBean(Prices.class).withBean(Listener.class).run((context) -> {
			Prices prices = context.getBean(Prices.class);
			prices.fail(true);
			failTimes(2, () -> prices.quote("mug"));
			assertThatExceptionOfType(CircuitBreakerOpenException.class).isThrownBy(() -> prices.quote("mug"))
				.satisfies((ex) -> assertThat(ex.guardName()).isEqualTo("Prices.quote"));
			assertThat(prices.calls()).isEqualTo(2);
			prices.fail(false);
			this.clock.advance(Duration.ofSeconds(10));
			for (int trial = 0; trial < 5; trial++) {
				assertThat(prices.quote("mug")).isEqualTo("mug");
			}
			assertThat(context.getBean(Listener.class).seen).extracting(CircuitBreakerTransition::to)
				.containsExactly(State.OPEN, State.HALF_OPEN, State.CLOSED);
			assertThat(context.getBean(GuardPlans.class).all().get(0).labels()).contains("circuit-breaker");
		});
	}

	@Test
	void anInstancesPropertyWinsOverTheAnnotationAndThatOverTheDefaults() {
		this.runner.withBean(Prices.class)
			.withPropertyValues(INSTANCES + "[Prices.quote].minimum-number-of-calls=3",
					"resilience.circuit-breaker.defaults.minimum-number-of-calls=4",
					"resilience.circuit-breaker.defaults.wait-duration-in-open-state=7s")
			.run((context) -> {
				Prices prices = context.getBean(Prices.class);
				prices.fail(true);
				failTimes(2, () -> prices.quote("mug"));
				assertThat(state(context, "Prices.quote")).isEqualTo(State.CLOSED);
				failTimes(1, () -> prices.quote("mug"));
				assertThat(catchThrowable(() -> prices.quote("mug"))).isInstanceOfSatisfying(
						CircuitBreakerOpenException.class,
						(ex) -> assertThat(ex.retryAfter()).contains(Duration.ofSeconds(7)));
			});
	}

	@Test
	void allPropertiesHaveTheirEffect() {
		this.runner
			.withPropertyValues("resilience.circuit-breaker.names=all", INSTANCES + ".all.sliding-window=5s",
					INSTANCES + ".all.minimum-number-of-calls=2", INSTANCES + ".all.failure-rate-threshold=30",
					INSTANCES + ".all.slow-call-duration-threshold=1s", INSTANCES + ".all.slow-call-rate-threshold=40",
					INSTANCES + ".all.wait-duration-in-open-state=3s",
					INSTANCES + ".all.permitted-number-of-calls-in-half-open-state=4",
					INSTANCES + ".all.record-exceptions=java.io.IOException",
					INSTANCES + ".all.ignore-exceptions=java.io.FileNotFoundException,java.io.EOFException",
					INSTANCES + ".all.wait-duration-backoff-multiplier=1.5",
					INSTANCES + ".all.max-wait-duration-in-open-state=1m", INSTANCES + ".all.wait-duration-jitter=0.1",
					INSTANCES + ".all.mode=shadow", INSTANCES + ".all.affects-health=true")
			.run((context) -> {
				CircuitBreakerProperties properties = context.getBean(CircuitBreakerProperties.class);
				assertThat(BreakerConfig.of(properties.settings("all", CircuitBreakerSettings.NONE))).isEqualTo(
						new BreakerConfig(new SlidingWindow.LastWhile(Duration.ofSeconds(5)), 2, 30, 1_000_000_000L, 40,
								new OpenTime(3_000_000_000L, 1.5, 60_000_000_000L, 0.1), 4, List.of(IOException.class),
								List.of(FileNotFoundException.class, EOFException.class), CircuitBreakerMode.SHADOW));
				assertThat(properties.affectsHealth("all")).isTrue();
			});
	}

	@Test
	void theBuiltInDefaultsAreThoseOfTheDocumentation() {
		assertThat(BreakerConfig.of(CircuitBreakerSettings.NONE)).isEqualTo(new BreakerConfig(
				new SlidingWindow.LastCalls(100), 20, 50, 0, 100, new OpenTime(10_000_000_000L, 1, 300_000_000_000L, 0),
				5, List.of(), List.of(), CircuitBreakerMode.ON));
	}

	@Test
	void methodsOfAnAnnotatedClassHaveABreakerEach() {
		this.runner.withBean(Whole.class).run((context) -> {
			failTimes(1, () -> context.getBean(Whole.class).broken());
			assertThat(context.getBean(Whole.class).fine()).isEqualTo("fine");
			assertThat(context.getBean(CircuitBreakers.class).names()).containsExactly("Whole.broken", "Whole.fine");
			assertThat(state(context, "Whole.broken")).isEqualTo(State.OPEN);
		});
	}

	@Test
	void methodsThatGiveOneNameShareABreakerAndPlaceholdersAreResolved() {
		this.runner.withBean(Sharing.class).withPropertyValues("provider=acme").run((context) -> {
			failTimes(1, () -> context.getBean(Sharing.class).broken());
			assertThatExceptionOfType(CircuitBreakerOpenException.class)
				.isThrownBy(() -> context.getBean(Sharing.class).fine());
			assertThat(context.getBean(CircuitBreakers.class).names()).containsExactly("acme");
		});
	}

	@Test
	void asynchronousResultsCountWhenTheyAreThere() {
		this.runner.withBean(Async.class).run((context) -> {
			Async async = context.getBean(Async.class);
			CompletableFuture<String> result = async.later();
			assertThat(state(context, "Async.later")).isEqualTo(State.CLOSED);
			async.source().completeExceptionally(new CompletionException(new IOException()));
			assertThat(state(context, "Async.later")).isEqualTo(State.OPEN);
			assertThat(result).isCompletedExceptionally();
			assertThat(async.later()).failsWithin(Duration.ZERO)
				.withThrowableThat()
				.withCauseInstanceOf(CircuitBreakerOpenException.class);
		});
	}

	@Test
	void programsUseDeclaredNames() {
		this.runner
			.withPropertyValues("resilience.circuit-breaker.names=ledger,audit", INSTANCES + ".ledger.sliding-window=1")
			.run((context) -> {
				CircuitBreakers breakers = context.getBean(CircuitBreakers.class);
				assertThat(breakers.names()).containsExactly("audit", "ledger");
				assertThat(breakers.<String>call("ledger", () -> "booked")).isEqualTo("booked");
				assertThatExceptionOfType(IOException.class).isThrownBy(() -> breakers.call("ledger", () -> {
					throw new IOException();
				}));
				assertThatExceptionOfType(CircuitBreakerOpenException.class)
					.isThrownBy(() -> breakers.call("ledger", () -> "booked"));
				breakers.reset("ledger");
				breakers.forceOpen("audit", Duration.ofMinutes(1));
				assertThat(breakers.snapshot("audit").state()).isEqualTo(State.FORCED_OPEN);
				breakers.close("audit");
				assertThat(breakers.snapshot("audit").state()).isEqualTo(State.CLOSED);
				assertThatIllegalArgumentException().isThrownBy(() -> breakers.snapshot("leger"))
					.withMessageContaining("audit, ledger");
			});
	}

	@Test
	void aBreakerThatIsSwitchedOffIsNotInTheChain() {
		this.runner.withBean(Prices.class).withPropertyValues(INSTANCES + "[Prices.quote].mode=off").run((context) -> {
			context.getBean(Prices.class).fail(true);
			failTimes(10, () -> context.getBean(Prices.class).quote("mug"));
			assertThat(context.getBean(GuardPlans.class).all())
				.allSatisfy((plan) -> assertThat(plan.labels()).doesNotContain("circuit-breaker"));
			assertThat(state(context, "Prices.quote")).isEqualTo(State.DISABLED);
			assertThatIllegalStateException()
				.isThrownBy(() -> context.getBean(CircuitBreakers.class).disable("Prices.quote", null));
		});
	}

	@ParameterizedTest
	@CsvSource({ "resilience.enabled=false", "resilience.circuit-breaker.enabled=false" })
	void theFeatureCanBeSwitchedOff(String property) {
		this.runner.withBean(Prices.class)
			.withPropertyValues(property)
			.run((context) -> assertThat(context).doesNotHaveBean(CircuitBreakers.class));
	}

	@Test
	void aListenerThatFailsDoesNotFailTheCall() {
		this.runner.withBean(Prices.class).withBean(FailingListener.class).run((context) -> {
			Prices prices = context.getBean(Prices.class);
			prices.fail(true);
			assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> prices.quote("mug"));
			assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> prices.quote("mug"));
			assertThat(state(context, "Prices.quote")).isEqualTo(State.OPEN);
		});
	}

	@Test
	void aBadAttributeStopsTheStartUpWithItsPlaceAndTheRemedy() {
		assertThatStartUpFailsWith(BadWindow.class, "BadWindow.call", "slidingWindow = \"soon\"",
				"a number of calls such as 100");
		assertThatStartUpFailsWith(BadRate.class, "BadRate.call", "failureRateThreshold = \"101\"", "1 to 100");
		assertThatStartUpFailsWith(BadOpenTime.class, "BadOpenTime.call", "waitDurationInOpenState", "at least 1ms");
		assertThatStartUpFailsWith(Contradicting.class, "'shared'", "different attributes");
	}

	private void assertThatStartUpFailsWith(Class<?> bean, String... parts) {
		this.runner.withBean(bean)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidGuardException.class)
				.hasMessageContainingAll(parts));
	}

	@ParameterizedTest
	@CsvSource({ "sliding-window,soon", "sliding-window,0", "failure-rate-threshold,0", "minimum-number-of-calls,0",
			"wait-duration-in-open-state,0s", "wait-duration-jitter,1.1", "wait-duration-backoff-multiplier,NaN",
			"slow-call-duration-threshold,-1s", "mode,maybe" })
	void aBadPropertyStopsTheStartUp(String key, String value) {
		this.runner.withPropertyValues("resilience.circuit-breaker.defaults." + key + "=" + value)
			.run((context) -> assertThat(context).getFailure().hasMessageContaining("resilience.circuit-breaker"));
	}

	@Test
	void aPropertyOfNoBreakerStopsTheStartUp() {
		this.runner.withBean(Prices.class)
			.withPropertyValues(INSTANCES + "[Prices.qoute].mode=off")
			.run((context) -> assertThat(context).getFailure().hasMessageContaining("'Prices.quote'"));
	}

	private static State state(ConfigurableApplicationContext context, String name) {
		return context.getBean(CircuitBreakers.class).snapshot(name).state();
	}

	private static void failTimes(int times, ThrowingCallable call) {
		for (int count = 0; count < times; count++) {
			assertThat(catchThrowable(call)).isInstanceOf(UncheckedIOException.class);
		}
	}

	static class Prices {

		private boolean failing;

		private int calls;

		void fail(boolean failing) {
			this.failing = failing;
		}

		int calls() {
			return this.calls;
		}

		@CircuitBreaker(minimumNumberOfCalls = "2")
		public String quote(String sku) {
			this.calls++;
			if (this.failing) {
				throw new UncheckedIOException(new IOException());
			}
			return sku;
		}

	}

	@CircuitBreaker(slidingWindow = "1")
	static class Whole {

		public String broken() {
			throw new UncheckedIOException(new IOException());
		}

		public String fine() {
			return "fine";
		}

	}

	static class Sharing {

		@CircuitBreaker(value = "${provider}", slidingWindow = "1")
		public String broken() {
			throw new UncheckedIOException(new IOException());
		}

		@CircuitBreaker(name = "acme", slidingWindow = "${window:1}")
		public String fine() {
			return "fine";
		}

	}

	static class Async {

		private final CompletableFuture<String> source = new CompletableFuture<>();

		CompletableFuture<String> source() {
			return this.source;
		}

		@CircuitBreaker(slidingWindow = "1")
		public CompletableFuture<String> later() {
			return this.source;
		}

	}

	static class BadWindow {

		@CircuitBreaker(slidingWindow = "soon")
		public void call() {
		}

	}

	static class BadRate {

		@CircuitBreaker(failureRateThreshold = "101")
		public void call() {
		}

	}

	static class BadOpenTime {

		@CircuitBreaker(waitDurationInOpenState = "0s")
		public void call() {
		}

	}

	static class Contradicting {

		@CircuitBreaker(name = "shared", slidingWindow = "10")
		public void one() {
		}

		@CircuitBreaker(name = "shared", slidingWindow = "20")
		public void other() {
		}

	}

	static class Listener {

		final List<CircuitBreakerTransition> seen = new ArrayList<>();

		@EventListener
		void on(CircuitBreakerTransition transition) {
			this.seen.add(transition);
		}

	}

	static class FailingListener {

		@EventListener
		void on(CircuitBreakerTransition transition) {
			throw new IllegalStateException("listener");
		}

	}

}
