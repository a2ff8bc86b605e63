package io.github.resiliencestarter.circuitbreaker;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.annotation.RegisterReflection;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;

import io.github.resiliencestarter.guard.AttemptLimits;
import io.github.resiliencestarter.guard.EntryCheck;
import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.MonotonicClock;

/**
 * Circuit breakers.
 */
@AutoConfiguration(after = GuardAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = { "resilience.enabled", "resilience.circuit-breaker.enabled" },
		matchIfMissing = true)
@EnableConfigurationProperties(CircuitBreakerProperties.class)
@RegisterReflection(classes = SlidingWindow.class, memberCategories = MemberCategory.INVOKE_PUBLIC_METHODS)
@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
public final class CircuitBreakerAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static BreakerRegistry resilienceCircuitBreakers(CircuitBreakerProperties properties, MonotonicClock clock,
			ApplicationEventPublisher events, ObjectProvider<EntryCheck> entry) {
		return new BreakerRegistry(properties, clock, new TransitionAnnouncer(events),
				entry.getIfAvailable(() -> EntryCheck.NONE));
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static CircuitBreakerGuardFactory resilienceCircuitBreakerGuardFactory(ObjectProvider<BreakerRegistry> registry,
			ObjectProvider<AttemptLimits> limits) {
		return new CircuitBreakerGuardFactory(registry::getObject, limits::orderedStream);
	}

}
