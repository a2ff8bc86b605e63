package io.github.resiliencestarter.actuate;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

import io.github.resiliencestarter.idempotency.IdempotencyOverview;

/**
 * Without its store no idempotent operation can run, so the application is DOWN when the
 * store does not answer.
 */
final class IdempotencyHealthIndicator extends AbstractHealthIndicator {

	private final IdempotencyOverview overview;

	IdempotencyHealthIndicator(IdempotencyOverview overview) {
		super("The store of idempotent calls does not answer");
		this.overview = overview;
	}

	@Override
	protected void doHealthCheck(Health.Builder health) {
		this.overview.verifyStore();
		health.up().withDetail("operations", this.overview.operations().keySet());
	}

}
