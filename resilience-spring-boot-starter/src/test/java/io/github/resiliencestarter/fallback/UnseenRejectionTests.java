package io.github.resiliencestarter.fallback;

import java.util.ArrayList;
import java.util.List;

import io.github.resiliencestarter.circuitbreaker.CircuitBreaker;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerAutoConfiguration;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerOpenException;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakers;
import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.GuardFactory;
import io.github.resiliencestarter.guard.GuardOrder;
import io.github.resiliencestarter.guard.GuardedMethod;
import io.github.resiliencestarter.retry.RetryAutoConfiguration;
import io.github.resiliencestarter.retry.framework.FrameworkRetryAutoConfiguration;
import io.github.resiliencestarter.retry.springretry.SpringRetryAutoConfiguration;
import org.aopalliance.intercept.MethodInvocation;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.retry.annotation.Recover;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An open breaker makes no exception for a call whose fallback would not look at it.
 */
class UnseenRejectionTests {

	private final List<Throwable> passing = new ArrayList<>();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, RetryAutoConfiguration.class,
				FrameworkRetryAutoConfiguration.class, SpringRetryAutoConfiguration.class,
				FallbackAutoConfiguration.class, CircuitBreakerAutoConfiguration.class, AopAutoConfiguration.class))
		.withBean(GuardFactory.class, () -> new Watching(this.passing));

	@Test
	void refusedCallsShareOneExceptionWhereNobodyLooksAtIt() {
		assertShared(Unseen.class, true);
		assertShared(Retried.class, true);
	}

	@Test
	void everyRefusedCallHasItsOwnExceptionWhereSomebodyLooksAtIt() {
		assertShared(Seen.class, false);
		assertShared(SeenByOneOfTwo.class, false);
		assertShared(NotAnswered.class, false);
		assertShared(RetriesRejections.class, false);
		assertShared(Recovers.class, false);
	}

	private void assertShared(Class<? extends Service> type, boolean shared) {
		this.passing.clear();
		this.runner.withBean(type).run((context) -> {
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
			assertThat(this.passing).hasOnlyElementsOfType(CircuitBreakerOpenException.class);
			assertThat(this.passing.get(0) == this.passing.get(1)).as(type.getSimpleName()).isEqualTo(shared);
			assertThat(((CircuitBreakerOpenException) this.passing.get(0)).retryAfter().isEmpty()).isEqualTo(shared);
			assertThat(((CircuitBreakerOpenException) this.passing.get(0)).guardName()).isEqualTo("remote");
		});
	}

	/**
	 * Sits right outside the breaker's place, and sees what comes out of it.
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
			return (MethodInvocation call) -> {
				try {
					return next.call(call);
				}
				catch (Throwable ex) {
					this.passing.add(ex);
					throw ex;
				}
			};
		}

	}

	interface Service {

		String call();

	}

	static class Unseen implements Service {

		@Override
		@CircuitBreaker("remote")
		@Fallback("answer")
		public String call() {
			return "live";
		}

		private String answer() {
			return "fallback";
		}

		private String answer(IllegalStateException cause) {
			return "not for rejections";
		}

	}

	static class Retried implements Service {

		@Override
		@Retryable
		@CircuitBreaker("remote")
		@Fallback("answer")
		public String call() {
			return "live";
		}

		private String answer() {
			return "fallback";
		}

	}

	static class Seen implements Service {

		@Override
		@CircuitBreaker("remote")
		@Fallback("answer")
		public String call() {
			return "live";
		}

		private String answer(Exception cause) {
			return "fallback";
		}

	}

	static class SeenByOneOfTwo implements Service {

		@Override
		@CircuitBreaker("remote")
		@Fallback("answer")
		public String call() {
			return "live";
		}

		private String answer(CircuitBreakerOpenException cause) {
			return "fallback";
		}

		private String answer() {
			return "not for rejections";
		}

	}

	static class NotAnswered implements Service {

		@Override
		@CircuitBreaker("remote")
		@Fallback(value = "answer", on = IllegalStateException.class)
		public String call() {
			return "live";
		}

		private String answer() {
			return "not for rejections";
		}

	}

	static class RetriesRejections implements Service {

		@Override
		@Retryable(includes = CircuitBreakerOpenException.class, delay = 0, maxRetries = 0)
		@CircuitBreaker("remote")
		@Fallback("answer")
		public String call() {
			return "live";
		}

		private String answer() {
			return "fallback";
		}

	}

	static class Recovers implements Service {

		private int recovered;

		@Override
		@org.springframework.retry.annotation.Retryable
		@CircuitBreaker("remote")
		@Fallback("answer")
		public String call() {
			return "live";
		}

		@Recover
		String recover(CircuitBreakerOpenException cause) {
			this.recovered++;
			throw cause;
		}

		private String answer() {
			return (this.recovered > 0) ? "fallback" : "not recovered";
		}

	}

}
