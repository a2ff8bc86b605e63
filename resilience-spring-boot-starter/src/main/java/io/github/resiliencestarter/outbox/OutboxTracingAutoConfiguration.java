package io.github.resiliencestarter.outbox;

import io.micrometer.observation.ObservationRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * Carries the publisher's trace to the handler, where there is a tracer. Without one
 * there is nothing to carry, and timing each delivery as an observation can cost more
 * than the delivery.
 */
@AutoConfiguration(before = OutboxAutoConfiguration.class, afterName = {
		"org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
		"org.springframework.boot.micrometer.tracing.brave.autoconfigure.BraveAutoConfiguration",
		"org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration" })
@ConditionalOnBooleanProperty(name = { "resilience.enabled", "resilience.outbox.enabled" }, matchIfMissing = true)
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(value = ObservationRegistry.class, type = "io.micrometer.tracing.Tracer")
public final class OutboxTracingAutoConfiguration {

	@Bean
	MessageTracing outboxTracing(ObservationRegistry registry) {
		return new ObservedMessages(registry);
	}

}
