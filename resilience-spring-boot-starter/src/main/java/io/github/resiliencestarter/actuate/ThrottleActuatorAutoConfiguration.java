package io.github.resiliencestarter.actuate;

import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.github.resiliencestarter.throttle.ThrottleAutoConfiguration;
import io.github.resiliencestarter.throttle.Throttles;

/**
 * Throttles as seen from outside.
 */
@AutoConfiguration(after = ThrottleAutoConfiguration.class)
@ConditionalOnBean(Throttles.class)
public final class ThrottleActuatorAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
	static class EndpointConfiguration {

		@Bean
		@ConditionalOnAvailableEndpoint
		ThrottlesEndpoint resilienceThrottlesEndpoint(Throttles throttles) {
			return new ThrottlesEndpoint(throttles);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterBinder.class)
	static class MetricsConfiguration {

		@Bean
		ThrottleMetrics resilienceThrottleMetrics(Throttles throttles) {
			return new ThrottleMetrics(throttles);
		}

	}

}
