package io.github.resiliencestarter.actuate;

import java.io.IOException;

import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.VirtualClock;
import io.github.resiliencestarter.retry.RetryAutoConfiguration;
import io.github.resiliencestarter.retry.framework.FrameworkRetryAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.resilience.annotation.Retryable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RetryMetrics}.
 */
class RetryMetricsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, RetryAutoConfiguration.class,
				FrameworkRetryAutoConfiguration.class, RetryActuatorAutoConfiguration.class,
				AopAutoConfiguration.class))
		.withBean(MonotonicClock.class, VirtualClock::new);

	@Test
	void callsAreCountedByTheirOutcomeAlsoForBeansMadeAfterTheRegistry() {
		this.runner.withPropertyValues("resilience.retry.budget.min-per-second=2", "resilience.retry.budget.ratio=0")
			.withBean(Service.class)
			.run((context) -> {
				MeterRegistry registry = new SimpleMeterRegistry();
				context.getBean(RetryMetrics.class).bindTo(registry);
				Service service = context.getBean(Service.class);
				service.call(0);
				service.call(1);
				assertThatExceptionOfType(IOException.class).isThrownBy(() -> service.call(9));
				assertThatExceptionOfType(IOException.class).isThrownBy(() -> service.call(9));
				context.getAutowireCapableBeanFactory().createBean(Later.class).call();
				assertThat(count(registry, "Service.call", "success_without_retry")).isOne();
				assertThat(count(registry, "Service.call", "success_with_retry")).isOne();
				assertThat(count(registry, "Service.call", "failed_with_retry")).isOne();
				assertThat(count(registry, "Service.call", "budget_exhausted")).isOne();
				assertThat(count(registry, "Later.call", "success_without_retry")).isOne();
			});
	}

	@Test
	void withoutMicrometerThereAreNoMeters() {
		this.runner.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("resilienceRetryMetrics"));
	}

	private static double count(MeterRegistry registry, String name, String outcome) {
		return registry.get("resilience.retry.calls").tags("name", name, "outcome", outcome).functionCounter().count();
	}

	static class Service {

		private int failed;

		@Retryable(maxRetries = 1, delay = 0)
		public void call(int failures) throws IOException {
			if (this.failed++ < failures) {
				throw new IOException("boom");
			}
			this.failed = 0;
		}

	}

	static class Later {

		@Retryable
		public void call() {
		}

	}

}
