package io.github.resiliencestarter.actuate;

import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

import io.github.resiliencestarter.retry.Retries;
import io.github.resiliencestarter.retry.RetryAutoConfiguration;

/**
 * Retries as seen from outside.
 */
@AutoConfiguration(after = RetryAutoConfiguration.class)
@ConditionalOnClass(MeterBinder.class)
@ConditionalOnBean(Retries.class)
public final class RetryActuatorAutoConfiguration {

	@Bean
	RetryMetrics resilienceRetryMetrics(Retries retries) {
		return new RetryMetrics(retries);
	}

}
