package io.github.resiliencestarter.throttle;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.annotation.RegisterReflection;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.core.io.ResourceLoader;

import io.github.resiliencestarter.guard.EntryCheck;
import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.ResilienceJdbcAutoConfiguration;

/**
 * Limits methods annotated with {@link Throttled}.
 */
@AutoConfiguration(after = { GuardAutoConfiguration.class, ResilienceJdbcAutoConfiguration.class })
@ConditionalOnBooleanProperty(name = { "resilience.enabled", "resilience.throttle.enabled" }, matchIfMissing = true)
@EnableConfigurationProperties(ThrottleProperties.class)
@RegisterReflection(classes = Rate.class, memberCategories = MemberCategory.INVOKE_PUBLIC_METHODS)
@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
public final class ThrottleAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static ClusterPermitsFactory resilienceClusterPermitsFactory(ObjectProvider<ResilienceDatabase> database,
			ThrottleProperties properties, MonotonicClock clock, ResourceLoader resources) {
		return new ClusterPermitsFactory(database::getIfAvailable, properties.store(), clock,
				resources.getClassLoader());
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static NamedThrottles resilienceThrottles(ThrottleProperties properties, ClusterPermitsFactory cluster,
			MonotonicClock clock, ObjectProvider<EntryCheck> entry) {
		return new NamedThrottles(properties, cluster, clock, entry.getIfAvailable(() -> EntryCheck.NONE));
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static ThrottleGuardFactory resilienceThrottleGuardFactory(ObjectProvider<NamedThrottles> throttles) {
		return new ThrottleGuardFactory(throttles::getObject);
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static ConfiguredThrottles resilienceConfiguredThrottles(ThrottleProperties properties, Throttles throttles) {
		return new ConfiguredThrottles(properties, throttles);
	}

}
