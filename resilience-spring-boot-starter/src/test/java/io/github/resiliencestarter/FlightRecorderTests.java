package io.github.resiliencestarter;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.github.resiliencestarter.circuitbreaker.CircuitBreaker;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerAutoConfiguration;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerOpenException;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakers;
import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.throttle.ThrottleAutoConfiguration;
import io.github.resiliencestarter.throttle.Throttled;
import io.github.resiliencestarter.throttle.ThrottledException;
import io.github.resiliencestarter.timeout.CallTimeoutException;
import io.github.resiliencestarter.timeout.OffloadRejectedException;
import io.github.resiliencestarter.timeout.Timeout;
import io.github.resiliencestarter.timeout.TimeoutAutoConfiguration;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What Java Flight Recorder sees of the guards' decisions: one event for each rejection,
 * time-out and change of state.
 */
class FlightRecorderTests {

	private static final String[] EVENTS = { "resilience.CircuitBreakerTransition",
			"resilience.CircuitBreakerRejection", "resilience.ThrottleRejection", "resilience.CallTimeout",
			"resilience.OffloadRejection" };

	@TempDir
	private Path directory;

	@Test
	void everyDecisionIsAnEvent() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(GuardAutoConfiguration.class, CircuitBreakerAutoConfiguration.class,
							ThrottleAutoConfiguration.class, TimeoutAutoConfiguration.class))
			.withPropertyValues("resilience.timeout.offload.max-left-behind=1")
			.withBean(Service.class)
			.run((context) -> {
				Service service = context.getBean(Service.class);
				List<RecordedEvent> events = record(() -> {
					context.getBean(CircuitBreakers.class).forceOpen("Service.broken", null);
					assertThatExceptionOfType(CircuitBreakerOpenException.class).isThrownBy(service::broken);
					service.limited();
					assertThatExceptionOfType(ThrottledException.class).isThrownBy(service::limited);
					assertThatExceptionOfType(ThrottledException.class)
						.isThrownBy(() -> service.full(() -> service.full(() -> {
						})));
					// a call whose thread does not start within the limit is not left
					// behind
					Throwable failure = catchThrowable(service::hangs);
					while (failure instanceof CallTimeoutException) {
						failure = catchThrowable(service::hangs);
					}
					assertThat(failure).isInstanceOf(OffloadRejectedException.class);
				});
				service.end();
				assertThat(events).extracting((event) -> event.getEventType().getName()).containsOnly(EVENTS);
				assertThat(events).extracting((event) -> event.getString("name"))
					.containsOnly("Service.broken", "Service.limited", "Service.full", "Service.hangs");
				assertThat(only(events, "CircuitBreakerTransition").getString("from")).isEqualTo("CLOSED");
				assertThat(only(events, "CircuitBreakerTransition").getString("to")).isEqualTo("FORCED_OPEN");
				assertThat(events).filteredOn((event) -> event.getEventType().getName().endsWith("ThrottleRejection"))
					.extracting((event) -> event.getString("reason"))
					.containsExactlyInAnyOrder("rate", "concurrency");
				assertThat(events).filteredOn((event) -> event.getString("name").equals("Service.limited"))
					.extracting((event) -> event.getDuration("retryAfter"))
					.allSatisfy((wait) -> assertThat(wait).isBetween(Duration.ofMinutes(1), Duration.ofHours(1)));
				assertThat(only(events, "CallTimeout").getDuration("limit")).isBetween(Duration.ZERO,
						Duration.ofMillis(20));
				assertThat(only(events, "OffloadRejection").getString("reason")).startsWith("1 of its calls still run");
			});
	}

	private static RecordedEvent only(List<RecordedEvent> events, String name) {
		return events.stream()
			.filter((event) -> event.getEventType().getName().equals("resilience." + name))
			.findFirst()
			.orElseThrow();
	}

	private List<RecordedEvent> record(Runnable action) throws IOException {
		Path file = this.directory.resolve("guards.jfr");
		try (Recording recording = new Recording()) {
			for (String event : EVENTS) {
				recording.enable(event).withoutThreshold();
			}
			recording.start();
			action.run();
			recording.stop();
			recording.dump(file);
		}
		return RecordingFile.readAllEvents(file);
	}

	static class Service {

		private final CountDownLatch end = new CountDownLatch(1);

		@CircuitBreaker
		public void broken() {
		}

		@Throttled("1/h")
		public void limited() {
		}

		@Throttled(name = "Service.full", concurrency = "1")
		public void full(Runnable inside) {
			inside.run();
		}

		@Timeout(value = "20ms", mode = Timeout.Mode.OFFLOAD)
		public void hangs() {
			boolean ended = false;
			while (!ended) {
				try {
					this.end.await();
					ended = true;
				}
				catch (InterruptedException ex) {
					// this method ignores interrupts
				}
			}
		}

		void end() {
			this.end.countDown();
		}

	}

}
