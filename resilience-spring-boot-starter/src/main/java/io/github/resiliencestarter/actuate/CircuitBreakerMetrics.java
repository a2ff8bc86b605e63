package io.github.resiliencestarter.actuate;

import java.util.Locale;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.github.resiliencestarter.circuitbreaker.CircuitBreakerCalls;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerSnapshot.State;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakers;

/**
 * Meters that read the breakers' own counters when they are asked, so that a call costs
 * nothing more.
 */
final class CircuitBreakerMetrics implements MeterBinder {

	private final CircuitBreakers breakers;

	CircuitBreakerMetrics(CircuitBreakers breakers) {
		this.breakers = breakers;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.breakers.forEachName((name) -> bind(registry, name));
	}

	private void bind(MeterRegistry registry, String name) {
		calls(registry, name, "success", CircuitBreakerCalls::succeeded);
		calls(registry, name, "failure", CircuitBreakerCalls::failed);
		calls(registry, name, "ignored", CircuitBreakerCalls::ignored);
		calls(registry, name, "not_permitted", CircuitBreakerCalls::notPermitted);
		for (State state : State.values()) {
			Gauge
				.builder("resilience.circuitbreaker.state", this.breakers,
						(breakers) -> (breakers.snapshot(name).state() == state) ? 1 : 0)
				.description("1 for the state that the circuit breaker is in")
				.tag("name", name)
				.tag("state", state.name().toLowerCase(Locale.ROOT))
				.register(registry);
		}
	}

	private void calls(MeterRegistry registry, String name, String outcome,
			ToDoubleFunction<CircuitBreakerCalls> count) {
		FunctionCounter
			.builder("resilience.circuitbreaker.calls", this.breakers,
					(breakers) -> count.applyAsDouble(breakers.calls(name)))
			.description("Calls of methods behind a circuit breaker")
			.tag("name", name)
			.tag("outcome", outcome)
			.register(registry);
	}

}
