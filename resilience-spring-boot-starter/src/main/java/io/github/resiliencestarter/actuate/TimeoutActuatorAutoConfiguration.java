package io.github.resiliencestarter.actuate;

import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

import io.github.resiliencestarter.timeout.TimeoutAutoConfiguration;
import io.github.resiliencestarter.timeout.Timeouts;

/**
 * Time-outs as seen from outside.
 */
@AutoConfiguration(after = TimeoutAutoConfiguration.class)
@ConditionalOnClass(MeterBinder.class)
@ConditionalOnBean(Timeouts.class)
public final class TimeoutActuatorAutoConfiguration {

	@Bean
	TimeoutMetrics resilienceTimeoutMetrics(Timeouts timeouts) {
		return new TimeoutMetrics(timeouts);
	}

}
