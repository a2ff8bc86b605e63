package io.github.resiliencestarter;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import io.github.resiliencestarter.circuitbreaker.CircuitBreakerAutoConfiguration;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerSnapshot;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakers;
import io.github.resiliencestarter.deadline.DeadlineAutoConfiguration;
import io.github.resiliencestarter.deadline.DeadlineExceededException;
import io.github.resiliencestarter.guard.CallGuard;
import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;
import io.github.resiliencestarter.throttle.ThrottleAutoConfiguration;
import io.github.resiliencestarter.throttle.Throttled;
import io.github.resiliencestarter.throttle.Throttles;
import io.github.resiliencestarter.timeout.TimeoutAutoConfiguration;
import io.github.resiliencestarter.timeout.Timeouts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What circuit breakers, throttles and time-outs have in common where programs use them.
 */
class ProgrammaticGuardTests {

	private static final List<BiFunction<ApplicationContext, String, CallGuard>> KINDS = List.of(
			(context, name) -> context.getBean(CircuitBreakers.class).named(name),
			(context, name) -> context.getBean(Throttles.class).named(name),
			(context, name) -> context.getBean(Timeouts.class).named(name));

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, CircuitBreakerAutoConfiguration.class,
				ThrottleAutoConfiguration.class, TimeoutAutoConfiguration.class))
		.withPropertyValues("resilience.circuit-breaker.names=prices", "resilience.throttle.names=prices,tenant",
				"resilience.timeout.names=prices", "resilience.throttle.instances.prices.rate=2/h",
				"resilience.throttle.instances.prices.concurrency=1", "resilience.throttle.instances.tenant.rate=2/h",
				"resilience.throttle.instances.tenant.key=tenant", "resilience.timeout.instances.prices.value=1m");

	private final ApplicationContextRunner withDeadlines = this.runner
		.withConfiguration(AutoConfigurations.of(DeadlineAutoConfiguration.class));

	@Test
	void aGuardIsAskedForOnceAndCountsAsItsName() {
		this.runner.run((context) -> {
			KINDS.forEach((kind) -> {
				CallGuard guard = kind.apply(context, "prices");
				assertThat(guard.name()).isEqualTo("prices");
				assertThat(call(guard, "9.99")).isEqualTo("9.99");
			});
			assertThat(context.getBean(CircuitBreakers.class).calls("prices").succeeded()).isOne();
			assertThat(context.getBean(Throttles.class).snapshot("prices").permitted()).isOne();
			assertThat(context.getBean(Timeouts.class).snapshot("prices").success()).isOne();
		});
	}

	@Test
	void aNameThatDoesNotExistIsFoundBeforeTheFirstCall() {
		this.runner.run((context) -> KINDS
			.forEach((kind) -> assertThatIllegalArgumentException().isThrownBy(() -> kind.apply(context, "pirces"))
				.withMessageContaining("'pirces'")
				.withMessageContaining("prices")));
	}

	@Test
	void aThrottleWithKeysHasNoLimitWithoutOne() {
		this.runner.run((context) -> assertThatIllegalArgumentException()
			.isThrownBy(() -> context.getBean(Throttles.class).named("tenant"))
			.withMessageContaining("call it with the key"));
	}

	@Test
	void nothingRunsWithNothingLeftOfItsCallersTime() {
		this.withDeadlines.run((context) -> {
			KINDS.forEach((kind) -> assertThatNothingRuns(kind.apply(context, "prices")));
			assertThatNothingRuns("tenant",
					(action) -> context.getBean(Throttles.class).call("tenant", "acme", action::incrementAndGet));
			CircuitBreakerSnapshot breaker = context.getBean(CircuitBreakers.class).snapshot("prices");
			assertThat(breaker.bufferedCalls()).isZero();
			assertThat(breaker.notPermittedCalls()).isZero();
			assertThat(context.getBean(Throttles.class).snapshot("prices").permitted()).isZero();
			assertThat(context.getBean(Throttles.class).snapshot("tenant").permitted()).isZero();
			assertThat(context.getBean(Timeouts.class).snapshot("prices").timeout()).isZero();
		});
	}

	@Test
	void guardsThatAreOffOrInShadowLookAtTheDeadlineAsThoseOfMethodsDo() {
		for (String mode : List.of("off", "shadow")) {
			this.withDeadlines
				.withPropertyValues("resilience.circuit-breaker.instances.prices.mode=" + mode,
						"resilience.throttle.instances.prices.mode=" + mode)
				.withBean(Annotated.class)
				.withPropertyValues("resilience.throttle.instances[Annotated.price].mode=" + mode)
				.run((context) -> {
					assertThatNothingRuns("Annotated.price", context.getBean(Annotated.class)::price);
					KINDS.forEach((kind) -> assertThatNothingRuns(kind.apply(context, "prices")));
				});
		}
	}

	@Test
	void withoutDeadlinesBreakersAndThrottlesDoNotLookAtTheTime() {
		this.runner.run((context) -> {
			for (var kind : KINDS.subList(0, 2)) {
				String price = afterTheDeadline(() -> call(kind.apply(context, "prices"), "9.99"));
				assertThat(price).isEqualTo("9.99");
			}
		});
	}

	private static void assertThatNothingRuns(CallGuard guard) {
		assertThatNothingRuns(guard.name(), (runs) -> guard.call(runs::incrementAndGet));
	}

	private static void assertThatNothingRuns(String name, Call call) {
		AtomicInteger runs = new AtomicInteger();
		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> afterTheDeadline(() -> call.run(runs)))
			.withMessageStartingWith(name + " was not called");
		assertThat(runs).hasValue(0);
	}

	private static <T> T afterTheDeadline(Callable<T> action) throws Exception {
		TimeBudget budget = TimeBudget.ofThread();
		long previous = budget.shortenTo(MonotonicClock.system().nanoTime());
		try {
			return action.call();
		}
		finally {
			budget.restore(previous);
		}
	}

	private static String call(CallGuard guard, String result) {
		try {
			return guard.call(() -> result);
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
	}

	@FunctionalInterface
	private interface Call {

		Object run(AtomicInteger runs) throws Exception;

	}

	public static class Annotated {

		@Throttled("1/h")
		public int price(AtomicInteger runs) {
			return runs.incrementAndGet();
		}

	}

}
