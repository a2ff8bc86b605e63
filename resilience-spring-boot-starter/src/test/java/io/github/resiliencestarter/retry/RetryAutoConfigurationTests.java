package io.github.resiliencestarter.retry;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.resiliencestarter.circuitbreaker.CircuitBreaker;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerAutoConfiguration;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerOpenException;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakers;
import io.github.resiliencestarter.fallback.Fallback;
import io.github.resiliencestarter.fallback.FallbackAutoConfiguration;
import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.VirtualClock;
import io.github.resiliencestarter.retry.framework.FrameworkRetryAutoConfiguration;
import io.github.resiliencestarter.retry.springretry.SpringRetryAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.resilience.annotation.Retryable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link RetryAutoConfiguration}, and for retry next to the other guards.
 */
class RetryAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, RetryAutoConfiguration.class,
				FrameworkRetryAutoConfiguration.class, SpringRetryAutoConfiguration.class,
				FallbackAutoConfiguration.class, CircuitBreakerAutoConfiguration.class, AopAutoConfiguration.class))
		.withBean(MonotonicClock.class, VirtualClock::new);

	@ParameterizedTest
	@ValueSource(strings = { "resilience.enabled=false", "resilience.retry.enabled=false" })
	void switchedOffByPropertyNothingIsRetried(String property) {
		this.runner.withPropertyValues(property).withBean(Remote.class).run((context) -> {
			assertThat(context).doesNotHaveBean(Retries.class);
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> context.getBean(Remote.class).own());
			assertThat(context.getBean(Remote.class).calls()).isOne();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.retry", "org.springframework.web", "org.springframework.transaction",
			"reactor", "org.reactivestreams" })
	void startsWithoutOptionalLibraries(String packageName) {
		this.runner.withClassLoader(new FilteredClassLoader(packageName)).run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(Retries.class);
			assertThat(context.containsBean("resilienceSpringRetryGuardFactory"))
				.isEqualTo(!packageName.equals("org.springframework.retry"));
		});
	}

	@Test
	void everyAttemptIsASampleOfTheBreakerAndAnOpenOneUsesUpNoAttempt() {
		this.runner.withBean(Remote.class).run((context) -> {
			Remote remote = context.getBean(Remote.class);
			assertThatExceptionOfType(IOException.class).isThrownBy(remote::one);
			CircuitBreakers breakers = context.getBean(CircuitBreakers.class);
			assertThat(breakers.snapshot("remote").failedCalls()).isEqualTo(4);
			breakers.forceOpen("remote", null);
			assertThatExceptionOfType(CircuitBreakerOpenException.class).isThrownBy(remote::one);
			assertThat(remote.calls()).isEqualTo(4);
			assertThat(breakers.snapshot("remote").notPermittedCalls()).isOne();
		});
	}

	@Test
	void aFallbackDoesNotHideFailuresFromTheRetry() {
		this.runner.withBean(Remote.class).run((context) -> {
			Remote remote = context.getBean(Remote.class);
			assertThat(remote.failsAnswered()).isEqualTo("fallback");
			assertThat(remote.calls()).isEqualTo(4);
		});
	}

	@Test
	void classesOfEqualSimpleNameAreBothCounted() {
		this.runner.withBean("one", One.Client.class).withBean("other", Other.Client.class).run((context) -> {
			context.getBean(One.Client.class).call();
			context.getBean(Other.Client.class).call();
			Retries retries = context.getBean(Retries.class);
			assertThat(retries.names()).hasSize(2).contains("Client.call");
			assertThat(retries.names())
				.allSatisfy((name) -> assertThat(retries.snapshot(name).successWithoutRetry()).isOne());
		});
	}

	@Test
	void methodsBehindOneBreakerShareABudgetAndOthersDoNot() {
		this.runner.withPropertyValues("resilience.retry.budget.ratio=0", "resilience.retry.budget.min-per-second=3")
			.withBean(Remote.class)
			.run((context) -> {
				Remote remote = context.getBean(Remote.class);
				assertThatExceptionOfType(IOException.class).isThrownBy(remote::one);
				assertThat(remote.calls()).isEqualTo(4);
				assertThatExceptionOfType(IOException.class).isThrownBy(remote::two);
				assertThat(remote.calls()).isEqualTo(5);
				assertThatExceptionOfType(IOException.class).isThrownBy(remote::own);
				assertThat(remote.calls()).isEqualTo(9);
				Retries retries = context.getBean(Retries.class);
				assertThat(retries.snapshot("Remote.two").budgetExhausted()).isOne();
				assertThat(retries.snapshot("Remote.own").failedWithRetry()).isOne();
			});
	}

	@Test
	void anUnknownNameIsRefusedWithTheKnownOnes() {
		this.runner.withBean(Remote.class)
			.run((context) -> assertThatIllegalArgumentException()
				.isThrownBy(() -> context.getBean(Retries.class).snapshot("absent"))
				.withMessageContaining("Remote.one"));
	}

	@Test
	void aFallbackAnswersForAnOpenBreakerBehindARetry() {
		this.runner.withBean(Remote.class).run((context) -> {
			context.getBean(CircuitBreakers.class).forceOpen("remote", null);
			assertThat(context.getBean(Remote.class).answered()).isEqualTo("fallback");
		});
	}

	static class Remote {

		private final AtomicInteger calls = new AtomicInteger();

		@Retryable(delay = 0)
		@CircuitBreaker("remote")
		public void one() throws IOException {
			fail();
		}

		@Retryable(delay = 0)
		@CircuitBreaker("remote")
		public void two() throws IOException {
			fail();
		}

		@Retryable(delay = 0)
		public void own() throws IOException {
			fail();
		}

		@Retryable
		@CircuitBreaker("remote")
		@Fallback("answer")
		public String answered() {
			return "live";
		}

		@Retryable(delay = 0)
		@CircuitBreaker("remote")
		@Fallback("answer")
		public String failsAnswered() throws IOException {
			fail();
			return "live";
		}

		private String answer() {
			return "fallback";
		}

		int calls() {
			return this.calls.get();
		}

		private void fail() throws IOException {
			this.calls.incrementAndGet();
			throw new IOException("boom");
		}

	}

	static class One {

		static class Client {

			@Retryable
			public void call() {
			}

		}

	}

	static class Other {

		static class Client {

			@Retryable
			public void call() {
			}

		}

	}

}
