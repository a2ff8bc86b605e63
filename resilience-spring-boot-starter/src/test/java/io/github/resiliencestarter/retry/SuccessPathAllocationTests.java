package io.github.resiliencestarter.retry;

import java.lang.management.ManagementFactory;

import com.sun.management.ThreadMXBean;
import io.github.resiliencestarter.circuitbreaker.CircuitBreaker;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerAutoConfiguration;
import io.github.resiliencestarter.deadline.DeadlineAutoConfiguration;
import io.github.resiliencestarter.fallback.Fallback;
import io.github.resiliencestarter.fallback.FallbackAutoConfiguration;
import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.retry.framework.FrameworkRetryAutoConfiguration;
import io.github.resiliencestarter.retry.springretry.SpringRetryAutoConfiguration;
import io.github.resiliencestarter.throttle.ThrottleAutoConfiguration;
import io.github.resiliencestarter.throttle.Throttled;
import io.github.resiliencestarter.timeout.Timeout;
import io.github.resiliencestarter.timeout.TimeoutAutoConfiguration;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.resilience.annotation.Retryable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a call that succeeds allocates. Counted in bytes by the JVM, so that neither the
 * machine nor the compiler's state can make it more.
 */
class SuccessPathAllocationTests {

	private static final int CALLS = 20_000;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, RetryAutoConfiguration.class,
				FrameworkRetryAutoConfiguration.class, SpringRetryAutoConfiguration.class,
				FallbackAutoConfiguration.class, CircuitBreakerAutoConfiguration.class, ThrottleAutoConfiguration.class,
				TimeoutAutoConfiguration.class, DeadlineAutoConfiguration.class, AopAutoConfiguration.class))
		.withBean(Service.class);

	@Test
	void fiveGuardsOnOneMethodAllocateAtMost250Bytes() {
		this.runner.run((context) -> {
			Service service = context.getBean(Service.class);
			assertThat(bytes(() -> service.framework("a"))).as("Spring Framework's").isLessThanOrEqualTo(250);
			assertThat(bytes(() -> service.springRetry("a"))).as("spring-retry's").isLessThanOrEqualTo(250);
		});
	}

	private static long bytes(Runnable call) {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		for (int warmUp = 0; warmUp < CALLS; warmUp++) {
			call.run();
		}
		long before = threads.getCurrentThreadAllocatedBytes();
		for (int measured = 0; measured < CALLS; measured++) {
			call.run();
		}
		return (threads.getCurrentThreadAllocatedBytes() - before) / CALLS;
	}

	static class Service {

		@Retryable
		@CircuitBreaker("shared")
		@Throttled(value = "1000000/s", name = "shared")
		@Timeout("10s")
		@Fallback("answer")
		public String framework(String text) {
			return text;
		}

		@org.springframework.retry.annotation.Retryable
		@CircuitBreaker("shared")
		@Throttled(value = "1000000/s", name = "shared")
		@Timeout("10s")
		@Fallback("answer")
		public String springRetry(String text) {
			return text;
		}

		private String answer(String text) {
			return "fallback";
		}

	}

}
