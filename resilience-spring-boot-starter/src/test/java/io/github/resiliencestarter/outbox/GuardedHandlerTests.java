package io.github.resiliencestarter.outbox;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.github.resiliencestarter.Patience;
import io.github.resiliencestarter.circuitbreaker.CircuitBreaker;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerAutoConfiguration;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakers;
import io.github.resiliencestarter.jdbc.TestDatabase;
import io.github.resiliencestarter.throttle.ThrottleAutoConfiguration;
import io.github.resiliencestarter.throttle.Throttled;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of handlers with guards: what a guard refuses waits, and uses no attempt.
 */
class GuardedHandlerTests {

	@Test
	void anOpenBreakerParksMessagesUntilItCloses() throws InterruptedException {
		try (OutboxApplication app = start()) {
			CircuitBreakers breakers = app.bean(CircuitBreakers.class);
			breakers.forceOpen("mail-server", null);
			app.inTransaction(() -> app.outbox().message(new Letter("first")).key("k").publish());
			app.inTransaction(() -> app.outbox().message(new Letter("second")).key("k").publish());
			HandlerCounts counts = counts(app, "letters");
			await().until(() -> counts(app, "letters").retried() > 2);
			assertThat(app.bean(Handlers.class).deliveries()).isEmpty();
			assertThat(counts.dead() + counts(app, "letters").failed()).isZero();
			assertThat(app.figures().dead()).isZero();
			breakers.close("mail-server");
			assertThat(next(app).attempt()).isOne();
			assertThat(next(app).attempt()).isOne();
			await().until(() -> app.figures().pending() + app.figures().scheduled() == 0);
		}
	}

	@Test
	void afterFailuresThatOpenTheBreakerTheTrialCallDeliversTheMessage() throws InterruptedException {
		try (OutboxApplication app = start()) {
			app.inTransaction(() -> app.outbox().publish(new Parcel(2)));
			assertThat(next(app).attempt()).isOne();
			assertThat(next(app).attempt()).isEqualTo(2);
			OutboxMessage third = next(app);
			assertThat(third.attempt()).isEqualTo(3);
			assertThat(third.ambiguous()).isFalse();
			await().until(() -> counts(app, "parcels").delivered() == 1);
			assertThat(counts(app, "parcels").failed()).isEqualTo(2);
		}
	}

	@Test
	void aThrottledMessageWaitsAsLongAsTheThrottleSaysAndUsesNoAttempt() throws InterruptedException {
		try (OutboxApplication app = start()) {
			app.inTransaction(() -> app.outbox().publish(new Postcard("first")));
			next(app);
			app.inTransaction(() -> app.outbox().publish(new Postcard("second")));
			await().until(() -> app.figures().scheduled() == 1);
			Long wait = app.jdbc()
				.sql("SELECT due - published_at FROM resilience_outbox_later WHERE attempts = 0")
				.query(Long.class)
				.single();
			assertThat(wait).as("milliseconds until the next permit").isGreaterThan(30 * 60_000);
			assertThat(counts(app, "postcards")).isEqualTo(new HandlerCounts(1, 0, 1, 0));
		}
	}

	private static HandlerCounts counts(OutboxApplication app, String handler) {
		return app.bean(OutboxOperations.class).handlers().get(handler);
	}

	private static OutboxMessage next(OutboxApplication app) throws InterruptedException {
		OutboxMessage message = app.bean(Handlers.class)
			.deliveries()
			.poll(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
		assertThat(message).isNotNull();
		return message;
	}

	private static OutboxApplication start() {
		return OutboxApplication.start(TestDatabase.H2, TestDatabase.H2.createDatabase(), Beans.class);
	}

	record Letter(String to) {

	}

	record Parcel(int failures) {

	}

	record Postcard(String to) {

	}

	static class Handlers {

		private final BlockingQueue<OutboxMessage> deliveries = new LinkedBlockingQueue<>();

		BlockingQueue<OutboxMessage> deliveries() {
			return this.deliveries;
		}

		@OutboxHandler(value = "letters", maxAttempts = "1", initialBackoff = "20ms")
		@CircuitBreaker(name = "mail-server", waitDurationInOpenState = "20ms")
		void send(Letter letter, OutboxMessage message) {
			this.deliveries.add(message);
		}

		@OutboxHandler(value = "parcels", maxAttempts = "3")
		@CircuitBreaker(slidingWindow = "1", minimumNumberOfCalls = "1", waitDurationInOpenState = "100ms",
				permittedNumberOfCallsInHalfOpenState = "1")
		void send(Parcel parcel, OutboxMessage message) {
			this.deliveries.add(message);
			if (message.attempt() <= parcel.failures()) {
				throw new IllegalStateException("the van broke down");
			}
		}

		@OutboxHandler(value = "postcards", maxAttempts = "1")
		@Throttled("1/1h")
		void send(Postcard postcard, OutboxMessage message) {
			this.deliveries.add(message);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ CircuitBreakerAutoConfiguration.class, ThrottleAutoConfiguration.class })
	static class Beans {

		@Bean
		Handlers handlers() {
			return new Handlers();
		}

	}

}
