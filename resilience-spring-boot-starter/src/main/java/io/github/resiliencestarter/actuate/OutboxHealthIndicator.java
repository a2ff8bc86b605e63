package io.github.resiliencestarter.actuate;

import java.time.Duration;

import io.github.resiliencestarter.outbox.OutboxFigures;
import io.github.resiliencestarter.outbox.OutboxOperations;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Out of service when a message has been due for too long.
 */
final class OutboxHealthIndicator extends AbstractHealthIndicator {

	private final OutboxOperations outbox;

	private final Duration maxAge;

	OutboxHealthIndicator(OutboxOperations outbox, Duration maxAge) {
		super("The outbox cannot be read");
		this.outbox = outbox;
		this.maxAge = maxAge;
	}

	@Override
	protected void doHealthCheck(Health.Builder health) {
		OutboxFigures figures = this.outbox.figures();
		Duration age = figures.oldestPendingAge();
		if (age != null && age.compareTo(this.maxAge) > 0) {
			health.outOfService();
		}
		else {
			health.up();
		}
		health.withDetail("pending", figures.pending())
			.withDetail("scheduled", figures.scheduled())
			.withDetail("dead", figures.dead());
		if (age != null) {
			health.withDetail("oldestPendingAge", age);
		}
	}

}
