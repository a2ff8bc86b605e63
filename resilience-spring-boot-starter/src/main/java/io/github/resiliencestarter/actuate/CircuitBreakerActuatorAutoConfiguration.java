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
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

import io.github.resiliencestarter.circuitbreaker.CircuitBreakerAutoConfiguration;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerProperties;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakers;

/**
 * Circuit breakers as seen from outside.
 */
@AutoConfiguration(after = CircuitBreakerAutoConfiguration.class, afterName = {
		"io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration",
		"io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakersHealthIndicatorAutoConfiguration" })
@ConditionalOnBean(CircuitBreakers.class)
public final class CircuitBreakerActuatorAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
	static class EndpointConfiguration {

		@Bean
		@ConditionalOnAvailableEndpoint
		@Conditional(StepAside.OfCircuitBreakersEndpoint.class)
		CircuitBreakersEndpoint resilienceCircuitBreakersEndpoint(CircuitBreakers breakers) {
			return new CircuitBreakersEndpoint(breakers);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
	static class HealthConfiguration {

		@Bean
		@ConditionalOnEnabledHealthIndicator("circuitbreakers")
		@Conditional(StepAside.OfCircuitBreakersHealth.class)
		CircuitBreakersHealthIndicator circuitBreakersHealthIndicator(CircuitBreakers breakers,
				CircuitBreakerProperties properties) {
			return new CircuitBreakersHealthIndicator(breakers, properties::affectsHealth);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterBinder.class)
	static class MetricsConfiguration {

		@Bean
		CircuitBreakerMetrics resilienceCircuitBreakerMetrics(CircuitBreakers breakers) {
			return new CircuitBreakerMetrics(breakers);
		}

	}

}
