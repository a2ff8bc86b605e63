package io.github.resiliencestarter.timeout;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.github.resiliencestarter.deadline.Deadline;
import io.github.resiliencestarter.deadline.DeadlineAutoConfiguration;
import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.GuardPlans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TimeoutAutoConfiguration}.
 */
class TimeoutAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, DeadlineAutoConfiguration.class,
				TimeoutAutoConfiguration.class))
		.withBean(Service.class);

	@Test
	void aMethodThatHangsIsReleased() {
		this.runner.run((context) -> {
			Service service = context.getBean(Service.class);
			assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(service::hangs)
				.withMessage("Service.hangs did not end within 20ms");
			assertThat(context.getBean(Timeouts.class).snapshot("Service.hangs"))
				.isEqualTo(new TimeoutSnapshot("Service.hangs", 0, 1, 0));
		});
	}

	@Test
	void aTimeoutOpensADeadlineForWhatRunsInside() {
		this.runner.run((context) -> {
			Duration remaining = context.getBean(Service.class).remaining();
			assertThat(remaining).isPositive().isLessThanOrEqualTo(Duration.ofMinutes(1));
			assertThat(Deadline.current()).isEmpty();
		});
	}

	@Test
	void theChainNamesOnlyWhatIsDeclared() {
		this.runner.run((context) -> assertThat(context.getBean(GuardPlans.class).all())
			.extracting((plan) -> plan.method().name() + plan.labels())
			.containsExactly("Service.attempts[timeout, attempt-timeout]", "Service.hangs[timeout]",
					"Service.remaining[timeout]", "Service.runner[timeout]", "Service.unlimited[]"));
	}

	@Test
	void anInstancePropertyWinsOverTheAnnotation() {
		this.runner
			.withPropertyValues("resilience.timeout.instances[Service.remaining].value=1h",
					"resilience.timeout.defaults.value=1s")
			.run((context) -> assertThat(context.getBean(Service.class).remaining()).isBetween(Duration.ofMinutes(2),
					Duration.ofHours(1)));
	}

	@Test
	void defaultsFillInWhatTheAnnotationLeavesOut() {
		this.runner.withPropertyValues("resilience.timeout.defaults.value=20ms")
			.run((context) -> assertThatExceptionOfType(CallTimeoutException.class)
				.isThrownBy(context.getBean(Service.class)::unlimited));
	}

	@Test
	void aWholeCallShorterThanOneAttemptStopsTheStartUp() {
		this.runner.withPropertyValues("resilience.timeout.instances[Service.attempts].value=50ms")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("Service.attempts()")
				.hasMessageContaining("value, 50ms")
				.hasMessageContaining("attempt, 100ms"));
	}

	@Test
	void aLimitOfZeroStopsTheStartUp() {
		this.runner.withPropertyValues("resilience.timeout.instances[Service.attempts].attempt=0")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("attempt is 0s")
				.hasMessageContaining("above zero"));
	}

	@Test
	void anUnknownNameStopsTheStartUpWithASuggestion() {
		this.runner.withPropertyValues("resilience.timeout.instances[Service.hang].value=1s")
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("resilience.timeout.instances")
				.hasMessageContaining("Service.hangs"));
	}

	@Test
	void anUnknownNameOfASnapshotListsTheKnownOnes() {
		this.runner.run((context) -> assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> context.getBean(Timeouts.class).snapshot("Service.hang"))
			.withMessageContaining("Service.hangs"));
	}

	@Test
	void switchedOffMethodsRunWithoutLimit() {
		this.runner.withPropertyValues("resilience.timeout.enabled=false")
			.run((context) -> assertThat(context.getBean(Service.class).remaining()).isNull());
	}

	@Test
	void noThreadIsLeftAfterTheContextEndsAndTwoContextsDoNotShareOne() {
		long before = watchThreads();
		this.runner.run((context) -> {
			assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(context.getBean(Service.class)::hangs);
			long withOne = before + 1;
			assertThat(watchThreads()).isEqualTo(withOne);
			this.runner.run((second) -> {
				Service service = second.getBean(Service.class);
				assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(service::hangs);
				assertThat(watchThreads()).isEqualTo(withOne + 1);
			});
			assertThat(watchThreads()).isEqualTo(withOne);
			assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(context.getBean(Service.class)::hangs);
		});
		assertThat(watchThreads()).isEqualTo(before);
	}

	@Test
	void worksWithoutReactorAndContextPropagation() {
		this.runner.withClassLoader(new FilteredClassLoader("reactor", "io.micrometer"))
			.run((context) -> assertThat(context.getBean(Service.class).remaining()).isPositive());
	}

	@Test
	void offloadedMethodsRunOnVirtualThreadsWhereTheyAreEnabledAndThere() {
		boolean available = Runtime.version().feature() >= 21;
		this.runner.withPropertyValues("spring.threads.virtual.enabled=true").run((context) -> {
			String runner = context.getBean(Service.class).runner();
			assertThat(runner).contains("resilience-offload-");
			assertThat(runner.startsWith("VirtualThread")).isEqualTo(available);
		});
		this.runner.run((context) -> assertThat(context.getBean(Service.class).runner()).startsWith("Thread[")
			.contains("resilience-offload-"));
	}

	private static long watchThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals("resilience-timeout-watch"))
			.count();
	}

	public static class Service {

		@Timeout("20ms")
		public void hangs() throws InterruptedException {
			new CountDownLatch(1).await();
		}

		@Timeout("${remaining.limit:1m}")
		public Duration remaining() {
			return Deadline.current().map(Deadline::remaining).orElse(null);
		}

		@Timeout(value = "1m", mode = Timeout.Mode.OFFLOAD)
		public String runner() {
			return Thread.currentThread().toString();
		}

		@Timeout(value = "1s", attempt = "100ms")
		public void attempts() {
		}

		@Timeout
		public void unlimited() throws Exception {
			Callable<?> forever = () -> {
				new CountDownLatch(1).await();
				return null;
			};
			if (Deadline.current().isPresent()) {
				forever.call();
			}
		}

	}

}
