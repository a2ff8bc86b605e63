package io.github.resiliencestarter.guard;

import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Looks at the whole application once its singletons are there: compiles the chains of
 * beans that are made later, so that their mistakes show now, and refuses properties that
 * speak of no guard or of no setting.
 */
final class GuardStartUpCheck implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(GuardStartUpCheck.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final GuardPlans plans;

	private final Supplier<List<ConfiguredInstances>> instances;

	private final UnknownProperties unknownProperties;

	private final boolean failOnUnknownNames;

	GuardStartUpCheck(ConfigurableListableBeanFactory beanFactory, GuardPlans plans,
			Supplier<List<ConfiguredInstances>> instances, UnknownProperties unknownProperties,
			boolean failOnUnknownNames) {
		this.beanFactory = beanFactory;
		this.plans = plans;
		this.instances = instances;
		this.unknownProperties = unknownProperties;
		this.failOnUnknownNames = failOnUnknownNames;
	}

	@Override
	public void afterSingletonsInstantiated() {
		for (String name : this.beanFactory.getBeanDefinitionNames()) {
			if (!this.beanFactory.containsSingleton(name)) {
				Class<?> type = this.beanFactory.getType(name, false);
				if (type != null) {
					GuardedTypes.of(type).forEach(this.plans::compile);
				}
			}
		}
		for (ConfiguredInstances instances : this.instances.get()) {
			this.unknownProperties.forEach(instances, this::report);
			verifyNames(instances);
		}
	}

	private void verifyNames(ConfiguredInstances instances) {
		Set<String> known = instances.known();
		for (String name : instances.configured()) {
			if (!known.contains(name)) {
				report(unknown(instances.prefix(), name, known));
			}
		}
	}

	private void report(InvalidGuardException unknown) {
		if (this.failOnUnknownNames) {
			throw unknown;
		}
		logger.warn(unknown.getMessage());
	}

	private static InvalidGuardException unknown(String prefix, String name, Set<String> known) {
		String suggestion = NearestName.of(name, known)
			.map((nearest) -> "Did you mean '" + nearest + "'?")
			.orElse("There is no such guard in the application.");
		return new InvalidGuardException(
				"The property " + prefix + "[" + name + "] speaks of '" + name + "', which is none of " + known + ".",
				suggestion + " Correct the name, or set resilience.fail-on-unknown-names=false.");
	}

}
