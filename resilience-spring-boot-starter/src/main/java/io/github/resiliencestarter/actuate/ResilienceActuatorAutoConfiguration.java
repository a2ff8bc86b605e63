package io.github.resiliencestarter.actuate;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.GuardPlans;
import io.github.resiliencestarter.io.IoAudit;

/**
 * The endpoint that shows the chains and the clients.
 */
@AutoConfiguration(after = GuardAutoConfiguration.class)
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnBean(GuardPlans.class)
@ConditionalOnAvailableEndpoint(ResilienceEndpoint.class)
public final class ResilienceActuatorAutoConfiguration {

	@Bean
	ResilienceEndpoint resilienceEndpoint(GuardPlans plans, ObjectProvider<IoAudit> audit) {
		return new ResilienceEndpoint(plans, audit);
	}

}
