package io.github.resiliencestarter.actuate;

import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.github.resiliencestarter.retry.Retries;
import io.github.resiliencestarter.retry.RetrySnapshot;

/**
 * Meters that read the retried methods' own counters when they are asked.
 */
final class RetryMetrics implements MeterBinder {

	private final Retries retries;

	RetryMetrics(Retries retries) {
		this.retries = retries;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.retries.forEachName((name) -> bind(registry, name));
	}

	private void bind(MeterRegistry registry, String name) {
		calls(registry, name, "success_without_retry", RetrySnapshot::successWithoutRetry);
		calls(registry, name, "success_with_retry", RetrySnapshot::successWithRetry);
		calls(registry, name, "failed_with_retry", RetrySnapshot::failedWithRetry);
		calls(registry, name, "budget_exhausted", RetrySnapshot::budgetExhausted);
	}

	private void calls(MeterRegistry registry, String name, String outcome, ToDoubleFunction<RetrySnapshot> count) {
		FunctionCounter
			.builder("resilience.retry.calls", this.retries, (retries) -> count.applyAsDouble(retries.snapshot(name)))
			.description("Calls of retried methods")
			.tag("name", name)
			.tag("outcome", outcome)
			.register(registry);
	}

}
