package io.github.resiliencestarter.actuate;

import java.util.function.Predicate;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

import io.github.resiliencestarter.actuate.CircuitBreakersEndpoint.CircuitBreakerDescriptor;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerSnapshot;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakers;

/**
 * Shows the breakers in the health's details. An open breaker speaks of a dependency, not
 * of this application, which is DOWN only where the breaker's properties say so.
 */
final class CircuitBreakersHealthIndicator extends AbstractHealthIndicator {

	private final CircuitBreakers breakers;

	private final Predicate<String> affectsHealth;

	CircuitBreakersHealthIndicator(CircuitBreakers breakers, Predicate<String> affectsHealth) {
		super("Circuit breakers cannot be read");
		this.breakers = breakers;
		this.affectsHealth = affectsHealth;
	}

	@Override
	protected void doHealthCheck(Health.Builder health) {
		health.up();
		for (String name : this.breakers.names()) {
			CircuitBreakerSnapshot snapshot = this.breakers.snapshot(name);
			health.withDetail(name, CircuitBreakerDescriptor.of(snapshot));
			if (isOpen(snapshot) && this.affectsHealth.test(name)) {
				health.down();
			}
		}
	}

	private static boolean isOpen(CircuitBreakerSnapshot snapshot) {
		return switch (snapshot.state()) {
			case OPEN, FORCED_OPEN -> true;
			case CLOSED, HALF_OPEN, DISABLED -> false;
		};
	}

}
