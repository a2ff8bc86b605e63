package io.github.resiliencestarter.actuate;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.outbox.HandlerCounts;
import io.github.resiliencestarter.outbox.OutboxFigures;
import io.github.resiliencestarter.outbox.OutboxOperations;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * Meters of the outbox. Figures that come from the database are asked for at most every
 * few seconds, however many meters and registries want them.
 */
final class OutboxMetrics implements MeterBinder {

	private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(5);

	private final OutboxOperations outbox;

	private final MonotonicClock clock;

	private @Nullable OutboxFigures figures;

	private long readAt;

	OutboxMetrics(OutboxOperations outbox, MonotonicClock clock) {
		this.outbox = outbox;
		this.clock = clock;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		for (String handler : this.outbox.handlers().keySet()) {
			deliveries(registry, handler, "delivered", HandlerCounts::delivered);
			deliveries(registry, handler, "retried", HandlerCounts::retried);
			deliveries(registry, handler, "dead", HandlerCounts::dead);
		}
		pending(registry, "pending", OutboxFigures::pending);
		pending(registry, "scheduled", OutboxFigures::scheduled);
		pending(registry, "dead", OutboxFigures::dead);
		Gauge.builder("resilience.outbox.age", this, (metrics) -> seconds(metrics.figures().oldestPendingAge()))
			.description("For how long the oldest due message has been due")
			.baseUnit("seconds")
			.tag("name", "outbox")
			.tag("state", "pending")
			.register(registry);
	}

	private void deliveries(MeterRegistry registry, String handler, String outcome,
			ToLongFunction<HandlerCounts> count) {
		FunctionCounter
			.builder("resilience.outbox.deliveries", this.outbox,
					(outbox) -> count.applyAsLong(outbox.handlers().get(handler)))
			.description("What became of deliveries on this instance")
			.tag("name", handler)
			.tag("outcome", outcome)
			.register(registry);
	}

	private void pending(MeterRegistry registry, String state, ToLongFunction<OutboxFigures> count) {
		Gauge.builder("resilience.outbox.pending", this, (metrics) -> count.applyAsLong(metrics.figures()))
			.description("Messages in the outbox, counted up to " + OutboxFigures.MOST)
			.tag("name", "outbox")
			.tag("state", state)
			.register(registry);
	}

	private static double seconds(@Nullable Duration age) {
		return (age != null) ? age.toMillis() / 1000.0 : 0;
	}

	private synchronized OutboxFigures figures() {
		long now = this.clock.nanoTime();
		OutboxFigures known = this.figures;
		if (known == null || now - this.readAt > FRESH_NANOS) {
			known = this.outbox.figures();
			this.figures = known;
			this.readAt = now;
		}
		return known;
	}

}
