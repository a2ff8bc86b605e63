package io.github.resiliencestarter.fallback;

import java.util.ArrayList;
import java.util.List;

import io.github.resiliencestarter.CallRejectedException;
import io.github.resiliencestarter.circuitbreaker.CircuitBreaker;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerAutoConfiguration;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerOpenException;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakers;
import io.github.resiliencestarter.deadline.DeadlineAutoConfiguration;
import io.github.resiliencestarter.deadline.DeadlineExceededException;
import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.GuardFactory;
import io.github.resiliencestarter.guard.GuardOrder;
import io.github.resiliencestarter.guard.GuardedMethod;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;
import io.github.resiliencestarter.retry.RetryAutoConfiguration;
import io.github.resiliencestarter.retry.framework.FrameworkRetryAutoConfiguration;
import io.github.resiliencestarter.retry.springretry.SpringRetryAutoConfiguration;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.retry.RetryListener;
import org.springframework.retry.annotation.Recover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * An open breaker makes no exception for a call whose fallback would not look at it.
 */
class UnseenRejectionTests {

	private final List<Throwable> passing = new ArrayList<>();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, RetryAutoConfiguration.class,
				FrameworkRetryAutoConfiguration.class, SpringRetryAutoConfiguration.class,
				FallbackAutoConfiguration.class, CircuitBreakerAutoConfiguration.class, DeadlineAutoConfiguration.class,
				AopAutoConfiguration.class))
		.withBean(GuardFactory.class, () -> new Watching(this.passing));

	@Test
	void noExceptionIsMadeWhereNobodyLooksAtIt() {
		assertMade(this.runner, Unseen.class, false);
		assertMade(this.runner, Retried.class, false);
		assertMade(this.runner, RetriedBySpringRetry.class, false);
	}

	@Test
	void everyRefusedCallHasItsOwnExceptionWhereSomebodyLooksAtIt() {
		assertMade(this.runner, Seen.class, true);
		assertMade(this.runner, SeenByOneOfTwo.class, true);
		assertMade(this.runner, NotAnswered.class, true);
		assertMade(this.runner, RetriesRejections.class, true);
		assertMade(this.runner, SpringRetryRetriesRejections.class, true);
		assertMade(this.runner, Recovers.class, true);
		assertMade(this.runner, Stateful.class, true);
	}

	@Test
	void everyRefusedCallHasItsOwnExceptionWhereAListenerHearsOfIt() {
		ApplicationContextRunner listening = this.runner.withBean("listener", RetryListener.class, Listener::new);
		assertMade(listening, RetriedBySpringRetry.class, true);
		assertMade(listening, Heard.class, true);
		assertMade(listening, Retried.class, false);
	}

	private void assertMade(ApplicationContextRunner runner, Class<? extends Service> type, boolean made) {
		this.passing.clear();
		runner.withBean(type).run((context) -> {
			CircuitBreakers breakers = context.getBean(CircuitBreakers.class);
			breakers.forceOpen("remote", null);
			Service service = context.getBean(type);
			for (int call = 0; call < 2; call++) {
				try {
					assertThat(service.call()).isEqualTo("fallback");
				}
				catch (CircuitBreakerOpenException ex) {
					assertThat(type).isEqualTo(NotAnswered.class);
				}
			}
			assertThat(breakers.snapshot("remote").notPermittedCalls()).isGreaterThanOrEqualTo(2);
			assertThat(this.passing).as(type.getSimpleName()).doesNotHaveDuplicates().hasSize(made ? 2 : 0);
			assertThat(this.passing).allSatisfy((passed) -> {
				CircuitBreakerOpenException rejection = (CircuitBreakerOpenException) passed;
				assertThat(rejection.guardName()).isEqualTo("remote");
				assertThat(rejection.retryAfter()).isPresent();
			});
		});
	}

	@Test
	void aRefusedCallFillsTheBudgetOfRetriesLikeAnyOther() {
		this.runner.withPropertyValues("resilience.retry.budget.ratio=0.4", "resilience.retry.budget.min-per-second=0")
			.withBean(Failing.class)
			.run((context) -> {
				CircuitBreakers breakers = context.getBean(CircuitBreakers.class);
				Failing service = context.getBean(Failing.class);
				service.call();
				assertThat(service.calls()).as("without a token").isEqualTo(1);
				breakers.forceOpen("remote", null);
				service.call();
				service.call();
				breakers.close("remote");
				service.call();
				assertThat(service.calls()).as("with the token of the refused calls").isEqualTo(3);
			});
	}

	@Test
	void aCallWithoutTimeIsToldSoThoughTheBreakerIsOpen() {
		this.runner.withBean(OnlyRejections.class).run((context) -> {
			CircuitBreakers breakers = context.getBean(CircuitBreakers.class);
			breakers.forceOpen("remote", null);
			OnlyRejections service = context.getBean(OnlyRejections.class);
			assertThat(service.call()).isEqualTo("fallback");
			TimeBudget budget = TimeBudget.ofThread();
			long previous = budget.shortenTo(MonotonicClock.system().nanoTime());
			try {
				assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(service::call);
			}
			finally {
				budget.restore(previous);
			}
			assertThat(breakers.snapshot("remote").notPermittedCalls()).isEqualTo(1);
		});
	}

	/**
	 * Sits outside the retry's and the breaker's place, and sees what comes out of them.
	 */
	private record Watching(List<Throwable> passing) implements GuardFactory {

		@Override
		public GuardOrder order() {
			return GuardOrder.TIMEOUT;
		}

		@Override
		public boolean guards(GuardedMethod method) {
			return method.has(CircuitBreaker.class);
		}

		@Override
		public Guard create(GuardedMethod method, Guard next) {
			return new WatchingGuard(this.passing, next);
		}

	}

	private record WatchingGuard(List<Throwable> passing, Guard next) implements Guard {

		@Override
		public @Nullable Object call(MethodInvocation call) throws Throwable {
			try {
				return this.next.call(call);
			}
			catch (Throwable ex) {
				this.passing.add(ex);
				throw ex;
			}
		}

		@Override
		public boolean refuses() {
			return this.next.refuses();
		}

	}

	static class Listener implements RetryListener {

	}

	/**
	 * What is behind the breaker, and what answers for it where nobody looks at why.
	 */
	@CircuitBreaker("remote")
	@Fallback("answer")
	abstract static class Service {

		public String call() {
			return "live";
		}

		String answer() {
			return "fallback";
		}

	}

	static class Unseen extends Service {

	}

	static class Retried extends Service {

		@Override
		@Retryable
		public String call() {
			return super.call();
		}

	}

	static class RetriedBySpringRetry extends Service {

		@Override
		@org.springframework.retry.annotation.Retryable
		public String call() {
			return super.call();
		}

	}

	static class Seen extends Service {

		@Override
		@Fallback("explain")
		public String call() {
			return super.call();
		}

		String explain(Exception cause) {
			return "fallback";
		}

	}

	static class SeenByOneOfTwo extends Service {

		String answer(CircuitBreakerOpenException cause) {
			return "fallback";
		}

		@Override
		String answer() {
			return "not for rejections";
		}

	}

	static class NotAnswered extends Service {

		@Override
		@Fallback(value = "answer", on = IllegalStateException.class)
		public String call() {
			return super.call();
		}

		@Override
		String answer() {
			return "not for rejections";
		}

	}

	static class OnlyRejections extends Service {

		@Override
		@Fallback(value = "answer", on = CallRejectedException.class)
		public String call() {
			return super.call();
		}

	}

	static class RetriesRejections extends Service {

		@Override
		@Retryable(includes = CircuitBreakerOpenException.class, delay = 0, maxRetries = 0)
		public String call() {
			return super.call();
		}

	}

	static class SpringRetryRetriesRejections extends Service {

		@Override
		@org.springframework.retry.annotation.Retryable(retryFor = CircuitBreakerOpenException.class, maxAttempts = 1)
		public String call() {
			return super.call();
		}

	}

	static class Recovers extends Service {

		private int recovered;

		@Override
		@org.springframework.retry.annotation.Retryable
		public String call() {
			return super.call();
		}

		@Recover
		String recover(CircuitBreakerOpenException cause) {
			this.recovered++;
			throw cause;
		}

		@Override
		String answer() {
			return (this.recovered > 0) ? "fallback" : "not recovered";
		}

	}

	static class Stateful extends Service {

		@Override
		@org.springframework.retry.annotation.Retryable(stateful = true)
		public String call() {
			return super.call();
		}

	}

	static class Heard extends Service {

		@Override
		@org.springframework.retry.annotation.Retryable(listeners = "listener")
		public String call() {
			return super.call();
		}

	}

	static class Failing extends Service {

		private int calls;

		@Override
		@Retryable(delay = 0)
		public String call() {
			this.calls++;
			throw new IllegalStateException("down");
		}

		int calls() {
			return this.calls;
		}

	}

}
