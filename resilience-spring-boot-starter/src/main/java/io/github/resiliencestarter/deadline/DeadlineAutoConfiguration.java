package io.github.resiliencestarter.deadline;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;

import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.GuardFactory;
import io.github.resiliencestarter.guard.MonotonicClock;

/**
 * Deadlines on every guarded method.
 */
@AutoConfiguration(after = GuardAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = { "resilience.enabled", "resilience.deadline.enabled" }, matchIfMissing = true)
@EnableConfigurationProperties(DeadlineProperties.class)
@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
public final class DeadlineAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static DeadlineCheck deadlineCheck(MonotonicClock clock) {
		return new DeadlineCheck(clock);
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static GuardFactory deadlineGuardFactory(DeadlineCheck check) {
		return new DeadlineGuardFactory(check);
	}

}
