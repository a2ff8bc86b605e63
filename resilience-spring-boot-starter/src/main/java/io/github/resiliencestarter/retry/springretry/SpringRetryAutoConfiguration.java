package io.github.resiliencestarter.retry.springretry;

import io.github.resiliencestarter.guard.InvalidGuardException;
import io.github.resiliencestarter.retry.RetryAutoConfiguration;
import io.github.resiliencestarter.retry.RetryRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.retry.annotation.AnnotationAwareRetryOperationsInterceptor;
import org.springframework.retry.annotation.RetryConfiguration;

/**
 * Switches spring-retry's {@code @Retryable} on, without {@code @EnableRetry}.
 */
@AutoConfiguration(after = RetryAutoConfiguration.class)
@ConditionalOnClass(AnnotationAwareRetryOperationsInterceptor.class)
@ConditionalOnBooleanProperty(name = { "resilience.enabled", "resilience.retry.enabled" }, matchIfMissing = true)
@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
public final class SpringRetryAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static HostedLibrary resilienceHostedSpringRetry(ConfigurableListableBeanFactory beanFactory) {
		return new HostedLibrary(beanFactory);
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static SpringRetryGuards resilienceSpringRetryGuardFactory(ObjectProvider<RetryRegistry> registry,
			ObjectProvider<HostedLibrary> library) {
		return new SpringRetryGuards(registry::getObject, library::getObject);
	}

	@Bean
	static BeanFactoryPostProcessor resilienceSpringRetryEnabledOnceCheck() {
		return (beanFactory) -> {
			if (beanFactory.getBeanNamesForType(RetryConfiguration.class, true, false).length > 0) {
				throw new InvalidGuardException(
						"The application enables spring-retry with @EnableRetry, and the starter hosts it already: the"
								+ " attempts of both would multiply.",
						"Remove @EnableRetry; @Retryable and @Recover work without it. Or set resilience.retry.enabled=false.");
			}
		};
	}

}
