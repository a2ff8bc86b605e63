package io.github.resiliencestarter;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.resiliencestarter.circuitbreaker.CircuitBreaker;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerAutoConfiguration;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerOpenException;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakers;
import io.github.resiliencestarter.deadline.DeadlineAutoConfiguration;
import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.retry.RetryAutoConfiguration;
import io.github.resiliencestarter.retry.springretry.SpringRetryAutoConfiguration;
import io.github.resiliencestarter.throttle.ThrottleAutoConfiguration;
import io.github.resiliencestarter.throttle.ThrottleSnapshot;
import io.github.resiliencestarter.throttle.Throttled;
import io.github.resiliencestarter.throttle.ThrottledException;
import io.github.resiliencestarter.throttle.Throttles;
import io.github.resiliencestarter.timeout.OffloadRejectedException;
import io.github.resiliencestarter.timeout.Timeout;
import io.github.resiliencestarter.timeout.TimeoutAutoConfiguration;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.retry.annotation.Recover;
import org.springframework.retry.annotation.Retryable;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What goes wrong elsewhere where guards meet each other or the container, each with the
 * place where it does. Faults of single guards have their tests beside the guard's.
 */
class PeerFaultTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, GuardAutoConfiguration.class,
				DeadlineAutoConfiguration.class, CircuitBreakerAutoConfiguration.class, ThrottleAutoConfiguration.class,
				TimeoutAutoConfiguration.class, RetryAutoConfiguration.class, SpringRetryAutoConfiguration.class));

	/** Spring Framework #35788. */
	@Test
	void theFirstCallsOfAnAsyncMethodAreNotLimited() {
		this.runner.withUserConfiguration(AsyncConfiguration.class).withBean(Reports.class).run((context) -> {
			Reports reports = context.getBean(Reports.class);
			CountDownLatch end = new CountDownLatch(1);
			CompletableFuture<String> first = reports.write(end);
			reports.awaitBegin();
			assertThat(reports.write(end)).failsWithin(Duration.ofSeconds(30))
				.withThrowableThat()
				.withCauseInstanceOf(ThrottledException.class);
			end.countDown();
			assertThat(first).succeedsWithin(Duration.ofSeconds(30)).isEqualTo("report");
			assertThat(context.getBean(Throttles.class).snapshot("Reports.write").permitted()).isEqualTo(1);
		});
	}

	/** Spring Framework: {@code @ConcurrencyLimit} counts for each proxy. */
	@Test
	void everyBeanOfAClassHasALimitOfItsOwn() {
		this.runner.withBean("one", Quotes.class).withBean("other", Quotes.class).run((context) -> {
			context.getBean("one", Quotes.class).quote();
			assertThatExceptionOfType(ThrottledException.class)
				.isThrownBy(context.getBean("other", Quotes.class)::quote);
		});
	}

	/** Spring Framework #35708. */
	@Test
	void aCallForWhichNoThreadCanBeHadKeepsItsSlotItsPermitAndItsTrial() {
		this.runner.withPropertyValues("resilience.timeout.offload.max-left-behind=0")
			.withBean(Offloaded.class)
			.run((context) -> {
				Offloaded offloaded = context.getBean(Offloaded.class);
				for (int call = 0; call < 10; call++) {
					assertThatExceptionOfType(OffloadRejectedException.class).isThrownBy(offloaded::call);
				}
				ThrottleSnapshot throttle = context.getBean(Throttles.class).snapshot("Offloaded.call");
				assertThat(throttle.inFlight()).isZero();
				assertThat(throttle.rejected()).isZero();
				assertThat(context.getBean(CircuitBreakers.class).snapshot("Offloaded.call").bufferedCalls()).isZero();
			});
	}

	/** spring-retry #124. */
	@Test
	void recoverIsNotFoundBehindAJdkProxy() {
		this.runner.withPropertyValues("spring.aop.proxy-target-class=false")
			.withBean(RecoveringOrders.class)
			.run((context) -> {
				assertThat(context.getBeansOfType(RecoveringOrders.class)).isEmpty();
				assertThat(context.getBean(Orders.class).place("mug")).isEqualTo("recovered mug");
			});
	}

	/** Sentinel: lets everything through beyond 6000 resources. */
	@Test
	void beyondSomeNumberOfGuardsCallsAreSilentlyUnprotected() {
		String names = IntStream.range(0, 7000)
			.mapToObj((number) -> "remote" + number)
			.collect(Collectors.joining(","));
		this.runner.withPropertyValues("resilience.circuit-breaker.names=" + names).run((context) -> {
			CircuitBreakers breakers = context.getBean(CircuitBreakers.class);
			breakers.forceOpen("remote6999", null);
			assertThatExceptionOfType(CircuitBreakerOpenException.class)
				.isThrownBy(() -> breakers.call("remote6999", () -> "unprotected"));
		});
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync(proxyTargetClass = true)
	static class AsyncConfiguration {

	}

	static class Reports {

		private final CountDownLatch begin = new CountDownLatch(1);

		@Async
		@Throttled(concurrency = "1")
		public CompletableFuture<String> write(CountDownLatch end) throws InterruptedException {
			this.begin.countDown();
			end.await();
			return CompletableFuture.completedFuture("report");
		}

		void awaitBegin() throws InterruptedException {
			this.begin.await();
		}

	}

	static class Quotes {

		@Throttled("1/h")
		public void quote() {
		}

	}

	static class Offloaded {

		@CircuitBreaker
		@Throttled(rate = "1/h", concurrency = "1")
		@Timeout(value = "1m", mode = Timeout.Mode.OFFLOAD)
		public void call() {
		}

	}

	interface Orders {

		String place(String sku) throws IOException;

	}

	static class RecoveringOrders implements Orders {

		@Override
		@Retryable(maxAttempts = 1)
		public String place(String sku) throws IOException {
			throw new IOException("down");
		}

		@Recover
		String recover(IOException cause, String sku) {
			return "recovered " + sku;
		}

	}

}
