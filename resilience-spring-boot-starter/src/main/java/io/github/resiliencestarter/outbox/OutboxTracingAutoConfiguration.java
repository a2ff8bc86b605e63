package io.github.resiliencestarter.outbox;

import io.micrometer.observation.ObservationRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * Carries the publisher's trace to the handler, where the application observes anything.
 */
@AutoConfiguration(before = OutboxAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnBooleanProperty(name = { "resilience.enabled", "resilience.outbox.enabled" }, matchIfMissing = true)
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(ObservationRegistry.class)
public final class OutboxTracingAutoConfiguration {

	@Bean
	MessageTracing outboxTracing(ObservationRegistry registry) {
		return new ObservedMessages(registry);
	}

}
