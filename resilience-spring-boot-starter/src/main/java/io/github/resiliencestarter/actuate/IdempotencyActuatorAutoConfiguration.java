package io.github.resiliencestarter.actuate;

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

import io.github.resiliencestarter.idempotency.IdempotencyAutoConfiguration;
import io.github.resiliencestarter.idempotency.IdempotencyOverview;

/**
 * Idempotent operations as seen from outside.
 */
@AutoConfiguration(after = IdempotencyAutoConfiguration.class)
@ConditionalOnBean(IdempotencyOverview.class)
public final class IdempotencyActuatorAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
	static class EndpointConfiguration {

		@Bean
		@ConditionalOnAvailableEndpoint
		IdempotencyEndpoint resilienceIdempotencyEndpoint(IdempotencyOverview overview) {
			return new IdempotencyEndpoint(overview);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
	static class HealthConfiguration {

		@Bean
		@ConditionalOnEnabledHealthIndicator("idempotency")
		IdempotencyHealthIndicator idempotencyHealthIndicator(IdempotencyOverview overview) {
			return new IdempotencyHealthIndicator(overview);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterBinder.class)
	static class MetricsConfiguration {

		@Bean
		IdempotencyMetrics resilienceIdempotencyMetrics(IdempotencyOverview overview) {
			return new IdempotencyMetrics(overview);
		}

	}

}
