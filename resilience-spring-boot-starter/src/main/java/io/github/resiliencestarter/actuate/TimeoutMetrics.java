package io.github.resiliencestarter.actuate;

import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.github.resiliencestarter.timeout.TimeoutSnapshot;
import io.github.resiliencestarter.timeout.Timeouts;

/**
 * Meters that read the time-outs' own counters when they are asked.
 */
final class TimeoutMetrics implements MeterBinder {

	private final Timeouts timeouts;

	TimeoutMetrics(Timeouts timeouts) {
		this.timeouts = timeouts;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.timeouts.forEachName((name) -> bind(registry, name));
	}

	private void bind(MeterRegistry registry, String name) {
		calls(registry, name, "success", TimeoutSnapshot::success);
		calls(registry, name, "timeout", TimeoutSnapshot::timeout);
		Gauge
			.builder("resilience.timeout.left.behind", this.timeouts,
					(timeouts) -> timeouts.snapshot(name).leftBehind())
			.description("Calls that still run although their callers were released")
			.tag("name", name)
			.register(registry);
	}

	private void calls(MeterRegistry registry, String name, String outcome, ToDoubleFunction<TimeoutSnapshot> count) {
		FunctionCounter
			.builder("resilience.timeout.calls", this.timeouts,
					(timeouts) -> count.applyAsDouble(timeouts.snapshot(name)))
			.description("Calls of methods with a time-out")
			.tag("name", name)
			.tag("outcome", outcome)
			.register(registry);
	}

}
