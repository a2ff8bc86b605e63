package io.github.resiliencestarter.actuate;

import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.github.resiliencestarter.throttle.ThrottleSnapshot;
import io.github.resiliencestarter.throttle.Throttles;

/**
 * Meters that read the throttles' own counters when they are asked, so that a call costs
 * nothing more. Keys have no meters of their own: there may be millions.
 */
final class ThrottleMetrics implements MeterBinder {

	private final Throttles throttles;

	ThrottleMetrics(Throttles throttles) {
		this.throttles = throttles;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.throttles.forEachName((name) -> {
			calls(registry, name, "permitted", ThrottleSnapshot::permitted);
			calls(registry, name, "rejected", ThrottleSnapshot::rejected);
		});
	}

	private void calls(MeterRegistry registry, String name, String outcome, ToDoubleFunction<ThrottleSnapshot> count) {
		FunctionCounter
			.builder("resilience.throttle.calls", this.throttles,
					(throttles) -> count.applyAsDouble(throttles.snapshot(name)))
			.description("Calls of throttled methods")
			.tag("name", name)
			.tag("outcome", outcome)
			.register(registry);
	}

}
