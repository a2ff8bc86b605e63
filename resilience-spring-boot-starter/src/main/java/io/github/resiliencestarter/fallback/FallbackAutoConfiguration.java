package io.github.resiliencestarter.fallback;

import io.github.resiliencestarter.guard.GuardAutoConfiguration;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;

/**
 * Switches {@link Fallback} on.
 */
@AutoConfiguration(after = GuardAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = { "resilience.enabled", "resilience.fallback.enabled" }, matchIfMissing = true)
@EnableConfigurationProperties(FallbackProperties.class)
@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
public final class FallbackAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static FallbackGuards resilienceFallbackGuardFactory() {
		return new FallbackGuards();
	}

}
