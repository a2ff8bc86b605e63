package io.github.resiliencestarter.actuate;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.jdbc.ResilienceJdbcAutoConfiguration;
import io.github.resiliencestarter.outbox.Outbox;
import io.github.resiliencestarter.outbox.OutboxAutoConfiguration;
import io.github.resiliencestarter.outbox.OutboxFigures;
import io.github.resiliencestarter.outbox.OutboxHandler;
import io.github.resiliencestarter.outbox.OutboxOperations;
import io.github.resiliencestarter.outbox.jdbc.JdbcOutboxAutoConfiguration;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link OutboxMetrics} and {@link OutboxHealthIndicator}.
 */
class OutboxMetricsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, JacksonAutoConfiguration.class,
				DataSourceAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class,
				TransactionAutoConfiguration.class, ResilienceJdbcAutoConfiguration.class,
				JdbcOutboxAutoConfiguration.class, OutboxAutoConfiguration.class,
				OutboxActuatorAutoConfiguration.class))
		.withBean(Letters.class)
		.withPropertyValues("spring.datasource.generate-unique-name=true", "resilience.outbox.shards=2",
				"resilience.outbox.poll-interval=50ms", "resilience.outbox.lease=1h",
				"resilience.outbox.health.max-age=10m", "management.endpoints.web.exposure.include=*");

	@Test
	void everyMeterHasItsNameAndTags() {
		this.runner.run((context) -> {
			SimpleMeterRegistry registry = new SimpleMeterRegistry();
			context.getBean(OutboxMetrics.class).bindTo(registry);
			publish(context);
			OutboxOperations outbox = context.getBean(OutboxOperations.class);
			await().until(() -> outbox.figures().dead() == 1);
			context.getBean(Letters.class).broken.set(false);
			outbox.redeliverAll(null);
			await().until(() -> outbox.handlers().get("letters").delivered() == 1
					&& outbox.figures().equals(new OutboxFigures(0, 0, 0, null)));
			assertThat(deliveries(registry, "delivered")).isEqualTo(1);
			assertThat(deliveries(registry, "retried")).isEqualTo(1);
			assertThat(deliveries(registry, "dead")).isEqualTo(1);
			for (String state : Set.of("pending", "scheduled", "dead")) {
				assertThat(gauge(registry, "resilience.outbox.pending", state)).isNotNull();
			}
			assertThat(gauge(registry, "resilience.outbox.age", "pending").value()).isZero();
			assertThat(registry.getMeters()).extracting(Meter::getId)
				.extracting(Meter.Id::getName)
				.containsOnly("resilience.outbox.deliveries", "resilience.outbox.pending", "resilience.outbox.age");
		});
	}

	@Test
	void whatWaitsForTooLongIsCountedAndNotHealthy() {
		this.runner.run((context) -> {
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			context.getBean(OutboxOperations.class).pause("letters", true);
			publish(context);
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			assertThat(health(context).getDetails()).containsEntry("pending", 1L).containsKey("oldestPendingAge");
			JdbcTemplate jdbc = new JdbcTemplate(context.getBean(javax.sql.DataSource.class));
			jdbc.update("UPDATE resilience_outbox SET published_at = published_at - 3600000");
			assertThat(health(context).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
			SimpleMeterRegistry registry = new SimpleMeterRegistry();
			context.getBean(OutboxMetrics.class).bindTo(registry);
			assertThat(gauge(registry, "resilience.outbox.age", "pending").value()).isBetween(3600.0, 7200.0);
			assertThat(gauge(registry, "resilience.outbox.pending", "pending").value()).isOne();
			context.getBean(Letters.class).broken.set(false);
			context.getBean(OutboxOperations.class).pause("letters", false);
			await().until(() -> health(context).getStatus().equals(Status.UP));
		});
	}

	@Test
	void aMessageThatFollowsADelayedOneOfItsKeyIsNotForNowAndHarmsNobodysHealth() {
		this.runner.run((context) -> {
			Outbox outbox = context.getBean(Outbox.class);
			new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
				.executeWithoutResult((status) -> {
					outbox.message(new Letter("first")).key("k").delay(Duration.ofDays(1)).publish();
					outbox.message(new Letter("second")).key("k").publish();
				});
			await().untilAsserted(
					() -> assertThat(context.getBean(OutboxOperations.class).figures().scheduled()).isEqualTo(2));
			JdbcTemplate jdbc = new JdbcTemplate(context.getBean(javax.sql.DataSource.class));
			assertThat(jdbc.update("UPDATE resilience_outbox SET published_at = published_at - 3600000")).isOne();
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			assertThat(health(context).getDetails()).containsEntry("pending", 0L).doesNotContainKey("oldestPendingAge");
		});
	}

	@Test
	void withoutActuatorOrMicrometerTheOutboxWorksAlone() {
		this.runner
			.withClassLoader(new FilteredClassLoader(Endpoint.class, HealthIndicator.class, Meter.class,
					io.micrometer.core.instrument.binder.MeterBinder.class))
			.run((context) -> {
				assertThat(context).hasNotFailed()
					.hasSingleBean(Outbox.class)
					.doesNotHaveBean("outboxEndpoint")
					.doesNotHaveBean("outboxHealthIndicator")
					.doesNotHaveBean("outboxMetrics");
				context.getBean(Letters.class).broken.set(false);
				publish(context);
				await().until(() -> context.getBean(OutboxOperations.class).handlers().get("letters").delivered() == 1);
			});
	}

	private static Health health(ApplicationContext context) {
		return context.getBean(OutboxHealthIndicator.class).health();
	}

	private static double deliveries(SimpleMeterRegistry registry, String outcome) {
		FunctionCounter counter = registry.get("resilience.outbox.deliveries")
			.tags("name", "letters", "outcome", outcome)
			.functionCounter();
		return counter.count();
	}

	private static Gauge gauge(SimpleMeterRegistry registry, String name, String state) {
		return registry.get(name).tags("name", "outbox", "state", state).gauge();
	}

	private static void publish(ApplicationContext context) {
		new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
			.executeWithoutResult((status) -> context.getBean(Outbox.class).publish(new Letter("Ann")));
	}

	record Letter(String to) {

	}

	static class Letters {

		final AtomicBoolean broken = new AtomicBoolean(true);

		@OutboxHandler(value = "letters", maxAttempts = "2", initialBackoff = "1ms")
		void send(Letter letter) {
			if (this.broken.get()) {
				throw new IllegalStateException("no stamps");
			}
		}

	}

}
