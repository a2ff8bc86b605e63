package io.github.resiliencestarter.actuate;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;
import io.github.resiliencestarter.timeout.CallTimeoutException;
import io.github.resiliencestarter.timeout.Timeout;
import io.github.resiliencestarter.timeout.TimeoutAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TimeoutMetrics}.
 */
class TimeoutMetricsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, TimeoutAutoConfiguration.class,
				TimeoutActuatorAutoConfiguration.class, MetricsAutoConfiguration.class))
		.withBean(SimpleMeterRegistry.class);

	@Test
	void callsAreCountedByNameAndOutcome() {
		this.runner.withBean(Service.class).run((context) -> {
			Service service = context.getBean(Service.class);
			service.place(new CountDownLatch(0));
			// the other is not to be late however slow the machine is
			TimeBudget budget = TimeBudget.ofThread();
			long previous = budget.shortenTo(MonotonicClock.system().nanoTime() + Duration.ofMillis(20).toNanos());
			try {
				assertThatExceptionOfType(CallTimeoutException.class)
					.isThrownBy(() -> service.place(new CountDownLatch(1)));
			}
			finally {
				budget.restore(previous);
			}
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(count(registry, "success")).isEqualTo(1);
			assertThat(count(registry, "timeout")).isEqualTo(1);
			assertThat(registry.get("resilience.timeout.left.behind").tag("name", "Service.place").gauge().value())
				.isZero();
		});
	}

	@Test
	void applicationsWithoutMicrometerStart() {
		this.runner.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(TimeoutMetrics.class));
	}

	private static double count(MeterRegistry registry, String outcome) {
		return registry.get("resilience.timeout.calls")
			.tags("name", "Service.place", "outcome", outcome)
			.functionCounter()
			.count();
	}

	static class Service {

		@Timeout("1h")
		public void place(CountDownLatch end) throws InterruptedException {
			end.await();
		}

	}

}
