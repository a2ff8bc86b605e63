package io.github.resiliencestarter.actuate;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.outbox.OutboxAutoConfiguration;
import io.github.resiliencestarter.outbox.OutboxOperations;
import io.github.resiliencestarter.outbox.OutboxProperties;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The outbox as seen from outside.
 */
@AutoConfiguration(after = OutboxAutoConfiguration.class)
@ConditionalOnBean(OutboxOperations.class)
public final class OutboxActuatorAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
	static class EndpointConfiguration {

		@Bean
		@ConditionalOnAvailableEndpoint
		OutboxEndpoint outboxEndpoint(OutboxOperations outbox) {
			return new OutboxEndpoint(outbox);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
	static class HealthConfiguration {

		@Bean
		@ConditionalOnEnabledHealthIndicator("outbox")
		OutboxHealthIndicator outboxHealthIndicator(OutboxOperations outbox, OutboxProperties properties) {
			return new OutboxHealthIndicator(outbox, properties.health().maxAge());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterBinder.class)
	static class MetricsConfiguration {

		@Bean
		OutboxMetrics outboxMetrics(OutboxOperations outbox, MonotonicClock clock) {
			return new OutboxMetrics(outbox, clock);
		}

	}

}
