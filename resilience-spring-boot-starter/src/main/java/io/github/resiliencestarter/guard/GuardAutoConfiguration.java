package io.github.resiliencestarter.guard;

import java.lang.reflect.Method;
import java.util.function.BiPredicate;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.transaction.interceptor.TransactionAttributeSource;
import org.springframework.util.ClassUtils;

/**
 * The chain that all guards share: one post-processor, one compiler of plans, one clock.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "resilience.enabled", matchIfMissing = true)
@EnableConfigurationProperties(GuardProperties.class)
@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
public final class GuardAutoConfiguration {

	private static final boolean TRANSACTIONS = ClassUtils.isPresent(
			"org.springframework.transaction.interceptor.TransactionAttributeSource",
			GuardAutoConfiguration.class.getClassLoader());

	@Bean
	@ConditionalOnMissingBean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static MonotonicClock monotonicClock() {
		return MonotonicClock.system();
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static GuardPlans guardPlans(ObjectProvider<GuardFactory> factories, ConfigurableListableBeanFactory beanFactory,
			ObjectProvider<GuardProperties> properties) {
		return new GuardPlans(
				new GuardPlanCompiler(() -> factories.orderedStream().toList(), transactionalMethods(beanFactory),
						(text) -> resolve(beanFactory, text), () -> properties.getObject().selfInvocation()));
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static GuardBeanPostProcessor guardBeanPostProcessor(GuardPlans plans) {
		return new GuardBeanPostProcessor(plans);
	}

	@Bean
	GuardStartUpCheck guardStartUpCheck(ConfigurableListableBeanFactory beanFactory, GuardPlans plans,
			ObjectProvider<ConfiguredInstances> instances, ConfigurableEnvironment environment,
			GuardProperties properties) {
		return new GuardStartUpCheck(beanFactory, plans, () -> instances.orderedStream().toList(),
				new UnknownProperties(environment), properties.failOnUnknownNames());
	}

	private static BiPredicate<Method, Class<?>> transactionalMethods(ConfigurableListableBeanFactory beanFactory) {
		return TRANSACTIONS ? new TransactionalMethods(beanFactory.getBeanProvider(TransactionAttributeSource.class))
				: (method, type) -> false;
	}

	private static String resolve(ConfigurableListableBeanFactory beanFactory, String text) {
		String resolved = beanFactory.resolveEmbeddedValue(text);
		return (resolved != null) ? resolved : "";
	}

}
