package io.github.resiliencestarter.circuitbreaker;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.github.resiliencestarter.deadline.DeadlineAutoConfiguration;
import io.github.resiliencestarter.fallback.Fallback;
import io.github.resiliencestarter.fallback.FallbackAutoConfiguration;
import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.timeout.Timeout;
import io.github.resiliencestarter.timeout.TimeoutAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what a refused call costs, and for what Flight Recorder sees of it.
 */
class RefusalTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, CircuitBreakerAutoConfiguration.class,
				DeadlineAutoConfiguration.class, TimeoutAutoConfiguration.class, FallbackAutoConfiguration.class))
		.withBean(Prices.class);

	@Test
	void aFallbackAnswersForAnOpenBreakerWithoutAnExceptionHavingBeenMade(@TempDir Path directory) {
		this.runner.run((context) -> {
			Prices prices = context.getBean(Prices.class);
			CircuitBreakers breakers = context.getBean(CircuitBreakers.class);
			assertThat(prices.quote("mug")).isEqualTo("mug");
			List<RecordedEvent> events = record(directory.resolve("open.jfr"), () -> {
				breakers.forceOpen("Prices.quote", null);
				for (int call = 0; call < 3; call++) {
					assertThat(prices.quote("mug")).isEqualTo("list price of mug");
				}
			});
			assertThat(events).noneMatch((event) -> named(event, "jdk.JavaExceptionThrow")
					&& event.getClass("thrownClass").getName().contains("CircuitBreakerOpen"));
			assertThat(events).filteredOn((event) -> named(event, "resilience.CircuitBreakerRejection"))
				.hasSize(3)
				.allSatisfy((event) -> assertThat(event.getString("name")).isEqualTo("Prices.quote"));
			assertThat(events).filteredOn((event) -> named(event, "resilience.CircuitBreakerTransition"))
				.singleElement()
				.satisfies((event) -> assertThat(event.getString("to")).isEqualTo("FORCED_OPEN"));
			assertThat(breakers.snapshot("Prices.quote").notPermittedCalls()).isEqualTo(3);
		});
	}

	@Test
	void aFallbackThatWantsTheExceptionGetsIt() {
		this.runner.run((context) -> {
			context.getBean(CircuitBreakers.class).forceOpen("Prices.explained", null);
			assertThat(context.getBean(Prices.class).explained()).isEqualTo("CircuitBreakerOpenException");
			assertThat(context.getBean(CircuitBreakers.class).snapshot("Prices.explained").notPermittedCalls())
				.isEqualTo(1);
		});
	}

	@Test
	void aBreakerWithAFreeTrialDoesNotRefuse() {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.trials(1));
		assertThat(test.breaker.refuses()).isFalse();
		test.fail(2);
		assertThat(test.breaker.refuses()).isTrue();
		test.clock.advance(BreakerFixture.OPEN_TIME);
		assertThat(test.breaker.refuses()).isFalse();
		test.breaker.acquire();
		assertThat(test.breaker.refuses()).isTrue();
		test.clock.advance(BreakerFixture.OPEN_TIME);
		assertThat(test.breaker.refuses()).isFalse();
		assertThat(test.breaker.calls().notPermitted()).isEqualTo(2);
	}

	@Test
	void aBreakerInShadowModeNeverRefuses() {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.mode(CircuitBreakerMode.SHADOW));
		test.fail(2);
		assertThat(test.breaker.refuses()).isFalse();
		assertThat(test.breaker.calls().notPermitted()).isZero();
	}

	private static boolean named(RecordedEvent event, String name) {
		return event.getEventType().getName().equals(name);
	}

	private static List<RecordedEvent> record(Path file, Runnable action) throws IOException {
		try (Recording recording = new Recording()) {
			recording.enable("jdk.JavaExceptionThrow").withoutThreshold();
			recording.enable("resilience.CircuitBreakerRejection").withoutThreshold();
			recording.enable("resilience.CircuitBreakerTransition").withoutThreshold();
			recording.start();
			action.run();
			recording.stop();
			recording.dump(file);
		}
		return RecordingFile.readAllEvents(file);
	}

	static class Prices {

		@Timeout("10s")
		@Fallback("listPrice")
		@CircuitBreaker
		public String quote(String sku) {
			return sku;
		}

		String listPrice(String sku) {
			return "list price of " + sku;
		}

		@Fallback("because")
		@CircuitBreaker
		public String explained() {
			return "fine";
		}

		String because(Throwable failure) {
			return failure.getClass().getSimpleName();
		}

	}

}
