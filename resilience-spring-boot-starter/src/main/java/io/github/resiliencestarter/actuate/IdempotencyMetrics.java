package io.github.resiliencestarter.actuate;

import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.github.resiliencestarter.idempotency.IdempotencyOverview;
import io.github.resiliencestarter.idempotency.IdempotencySnapshot;

/**
 * Meters that read the operations' own counters when they are asked.
 */
final class IdempotencyMetrics implements MeterBinder {

	private final IdempotencyOverview overview;

	IdempotencyMetrics(IdempotencyOverview overview) {
		this.overview = overview;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.overview.forEachName((name) -> {
			calls(registry, name, "executed", IdempotencySnapshot::executed);
			calls(registry, name, "replayed", IdempotencySnapshot::replayed);
			calls(registry, name, "conflict", IdempotencySnapshot::conflicts);
			calls(registry, name, "mismatch", IdempotencySnapshot::mismatches);
			calls(registry, name, "failed", IdempotencySnapshot::failed);
		});
	}

	private void calls(MeterRegistry registry, String name, String outcome,
			ToDoubleFunction<IdempotencySnapshot> count) {
		FunctionCounter
			.builder("resilience.idempotency.calls", this.overview,
					(overview) -> count.applyAsDouble(overview.operation(name)))
			.description("Calls of idempotent operations")
			.tag("name", name)
			.tag("outcome", outcome)
			.register(registry);
	}

}
