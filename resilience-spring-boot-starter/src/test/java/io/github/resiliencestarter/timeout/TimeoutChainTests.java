package io.github.resiliencestarter.timeout;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.github.resiliencestarter.circuitbreaker.CircuitBreaker;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerAutoConfiguration;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakers;
import io.github.resiliencestarter.deadline.DeadlineAutoConfiguration;
import io.github.resiliencestarter.deadline.DeadlineExceededException;
import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.GuardPlans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * A circuit breaker is inside the limit of the whole call, and still has to see the
 * time-out as a failure: for every kind of result.
 */
class TimeoutChainTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, DeadlineAutoConfiguration.class,
				TimeoutAutoConfiguration.class, CircuitBreakerAutoConfiguration.class))
		.withBean(Service.class);

	@ParameterizedTest
	@ValueSource(strings = { "swallows", "offloaded", "stage", "mono", "flux" })
	void aTimeoutOfTheWholeCallIsAFailureForTheBreaker(String method) {
		this.runner.run((context) -> {
			Service service = context.getBean(Service.class);
			Throwable failure = catchThrowable(() -> call(service, method));
			assertThat((failure instanceof CompletionException) ? failure.getCause() : failure)
				.isInstanceOf(CallTimeoutException.class)
				.hasMessage("Service." + method + " did not end within 200ms");
			assertThat(context.getBean(CircuitBreakers.class).snapshot("Service." + method).failedCalls()).isOne();
			assertThat(context.getBean(Timeouts.class).snapshot("Service." + method).timeout()).isOne();
		});
	}

	@Test
	void onlyDeclaredGuardsAreListed() {
		this.runner.run((context) -> assertThat(context.getBean(GuardPlans.class).all())
			.allSatisfy((plan) -> assertThat(plan.labels()).containsExactly("timeout", "circuit-breaker")));
	}

	@Test
	void aCallWithNothingLeftDoesNotRun() {
		this.runner.run((context) -> {
			Service service = context.getBean(Service.class);
			TimeoutFixture.withBudget(0,
					() -> assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(service::offloaded));
			assertThat(context.getBean(Timeouts.class).snapshot("Service.offloaded").timeout()).isZero();
		});
	}

	private static Object call(Service service, String method) throws Exception {
		return switch (method) {
			case "swallows" -> service.swallows();
			case "offloaded" -> service.offloaded();
			case "stage" -> service.stage().join();
			case "mono" -> service.mono().block();
			default -> service.flux().blockLast();
		};
	}

	public static class Service {

		@Timeout("200ms")
		@CircuitBreaker
		public String swallows() {
			return swallowInterrupt();
		}

		@Timeout(value = "200ms", mode = Timeout.Mode.OFFLOAD)
		@CircuitBreaker
		public String offloaded() {
			return swallowInterrupt();
		}

		private String swallowInterrupt() {
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				// as careless code does
			}
			return "late";
		}

		@Timeout("200ms")
		@CircuitBreaker
		public CompletableFuture<String> stage() {
			return new CompletableFuture<>();
		}

		@Timeout("200ms")
		@CircuitBreaker
		public Mono<String> mono() {
			return Mono.never();
		}

		@Timeout("200ms")
		@CircuitBreaker
		public Flux<String> flux() {
			return Flux.never();
		}

	}

}
