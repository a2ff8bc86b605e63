package io.github.resiliencestarter.retry.framework;

import io.github.resiliencestarter.guard.InvalidGuardException;
import io.github.resiliencestarter.retry.RetryAutoConfiguration;
import io.github.resiliencestarter.retry.RetryRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.resilience.annotation.RetryAnnotationBeanPostProcessor;

/**
 * Switches the framework's {@code @Retryable} on, without
 * {@code @EnableResilientMethods}.
 */
@AutoConfiguration(after = RetryAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = { "resilience.enabled", "resilience.retry.enabled" }, matchIfMissing = true)
@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
public final class FrameworkRetryAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static FrameworkRetryGuards resilienceFrameworkRetryGuardFactory(ObjectProvider<RetryRegistry> registry,
			ConfigurableApplicationContext context) {
		return new FrameworkRetryGuards(registry::getObject, context);
	}

	@Bean
	static BeanFactoryPostProcessor resilienceFrameworkRetryEnabledOnceCheck() {
		return (beanFactory) -> {
			if (beanFactory.getBeanNamesForType(RetryAnnotationBeanPostProcessor.class, true, false).length > 0) {
				throw new InvalidGuardException(
						"The application enables Spring Framework's @Retryable with @EnableResilientMethods, and the starter"
								+ " hosts it already: the attempts of both would multiply.",
						"Remove @EnableResilientMethods; @Retryable works without it. For @ConcurrencyLimit declare a"
								+ " ConcurrencyLimitBeanPostProcessor bean, or use @Throttled. Or set"
								+ " resilience.retry.enabled=false.");
			}
		};
	}

}
