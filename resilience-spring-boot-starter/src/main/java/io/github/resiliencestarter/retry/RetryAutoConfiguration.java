package io.github.resiliencestarter.retry;

import java.util.function.BooleanSupplier;

import io.github.resiliencestarter.guard.DependencyNames;
import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.MonotonicClock;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

/**
 * What both retry libraries share.
 */
@AutoConfiguration(after = GuardAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = { "resilience.enabled", "resilience.retry.enabled" }, matchIfMissing = true)
@EnableConfigurationProperties(RetryProperties.class)
@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
public final class RetryAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static RetryRegistry resilienceRetries(RetryProperties properties, ObjectProvider<MonotonicClock> clock,
			ObjectProvider<DependencyNames> dependencies) {
		RetryProperties.Budget budget = properties.budget();
		return new RetryRegistry(budget.ratio(), budget.minPerSecond(),
				() -> new RetrySurroundings(clock.getObject(), hint(), openTransaction()),
				() -> dependencies.orderedStream().toList());
	}

	private static RetryHint hint() {
		return isPresent("org.springframework.web.client.RestClientResponseException") ? new HttpRetryAfter()
				: (failure) -> null;
	}

	private static BooleanSupplier openTransaction() {
		return isPresent("org.springframework.transaction.support.TransactionSynchronizationManager")
				? TransactionSynchronizationManager::isActualTransactionActive : () -> false;
	}

	private static boolean isPresent(String className) {
		return ClassUtils.isPresent(className, RetryAutoConfiguration.class.getClassLoader());
	}

}
