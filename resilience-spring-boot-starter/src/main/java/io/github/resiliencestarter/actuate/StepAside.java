package io.github.resiliencestarter.actuate;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Leaves a name to another library that has it already, such as Resilience4j in an
 * application that is being migrated, and says so in the log.
 */
abstract class StepAside implements ConfigurationCondition {

	private static final Log logger = LogFactory.getLog(StepAside.class);

	private final String what;

	StepAside(String what) {
		this.what = what;
	}

	@Override
	public ConfigurationPhase getConfigurationPhase() {
		return ConfigurationPhase.REGISTER_BEAN;
	}

	@Override
	public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConfigurableListableBeanFactory beanFactory = context.getBeanFactory();
		Optional<String> other = (beanFactory != null) ? others(beanFactory).findFirst() : Optional.empty();
		other.ifPresent(
				(bean) -> logger.info("The starter's " + this.what + " steps aside: bean '" + bean + "' has the name"));
		return other.isEmpty();
	}

	/**
	 * Find beans that have the name.
	 * @param beanFactory where to look, without making beans
	 * @return the beans' names
	 */
	abstract Stream<String> others(ConfigurableListableBeanFactory beanFactory);

	/**
	 * Leaves the endpoint id {@code circuitbreakers} to others.
	 */
	static final class OfCircuitBreakersEndpoint extends StepAside {

		OfCircuitBreakersEndpoint() {
			super("actuator endpoint 'circuitbreakers'");
		}

		@Override
		Stream<String> others(ConfigurableListableBeanFactory beanFactory) {
			return Arrays.stream(beanFactory.getBeanNamesForAnnotation(Endpoint.class)).filter((bean) -> {
				Endpoint endpoint = beanFactory.findAnnotationOnBean(bean, Endpoint.class, false);
				return endpoint != null && endpoint.id().equals("circuitbreakers");
			});
		}

	}

	/**
	 * Leaves the health contributor {@code circuitBreakers} to others.
	 */
	static final class OfCircuitBreakersHealth extends StepAside {

		OfCircuitBreakersHealth() {
			super("health contributor 'circuitBreakers'");
		}

		@Override
		Stream<String> others(ConfigurableListableBeanFactory beanFactory) {
			return Stream.of("circuitBreakersHealthIndicator", "circuitBreakersHealthContributor")
				.filter(beanFactory::containsBeanDefinition);
		}

	}

}
