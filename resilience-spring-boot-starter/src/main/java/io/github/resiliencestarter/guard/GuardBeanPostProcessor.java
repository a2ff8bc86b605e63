package io.github.resiliencestarter.guard;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.SmartClassLoader;

import static org.springframework.beans.factory.config.AutowireCapableBeanFactory.ORIGINAL_INSTANCE_SUFFIX;

/**
 * Puts the chains in front of the methods of a bean that declare guards: outside every
 * aspect that the bean already has.
 * <p>
 * Comes before the post-processors that hand beans to somebody who calls them, such as
 * those of {@code @KafkaListener}, {@code @RabbitListener} and {@code @Scheduled}: all of
 * them come last, and those of them that the application's own classes enable would
 * otherwise be asked first and call the bean past its guards.
 */
@SuppressWarnings("serial")
final class GuardBeanPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor {

	private final transient GuardPlans plans;

	GuardBeanPostProcessor(GuardPlans plans) {
		this.plans = plans;
		setBeforeExistingAdvisors(true);
		setOrder(Ordered.LOWEST_PRECEDENCE - 1);
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (isInfrastructure(bean) || beanName.endsWith(ORIGINAL_INSTANCE_SUFFIX)) {
			return bean;
		}
		List<GuardAdvisor> advisors = GuardedTypes.of(bean).flatMap(this.plans::advisors).toList();
		if (advisors.isEmpty()) {
			return bean;
		}
		if (bean instanceof Advised advised && !advised.isFrozen()) {
			advisors.forEach((advisor) -> advised.addAdvisor(0, advisor));
			return bean;
		}
		return proxy(prepareProxyFactory(bean, beanName), bean.getClass(), advisors)
			.getProxy(classLoader(bean.getClass()));
	}

	@Override
	public Class<?> determineBeanType(Class<?> beanClass, String beanName) {
		List<GuardAdvisor> advisors = GuardedTypes.of(beanClass).flatMap(this.plans::advisors).toList();
		if (advisors.isEmpty()) {
			return beanClass;
		}
		ProxyFactory factory = new ProxyFactory();
		factory.copyFrom(this);
		factory.setTargetClass(beanClass);
		return proxy(factory, beanClass, advisors).getProxyClass(classLoader(beanClass));
	}

	private ProxyFactory proxy(ProxyFactory factory, Class<?> beanClass, List<GuardAdvisor> advisors) {
		if (!factory.isProxyTargetClass() && factory.getProxiedInterfaces().length == 0) {
			evaluateProxyInterfaces(beanClass, factory);
		}
		factory.addAdvisors(advisors.toArray(GuardAdvisor[]::new));
		factory.setPreFiltered(true);
		return factory;
	}

	private static boolean isInfrastructure(Object bean) {
		// a scoped proxy is infrastructure: its target gets the guards
		return bean instanceof AopInfrastructureBean || bean instanceof GuardFactory
				|| bean instanceof ConfiguredInstances;
	}

	private @Nullable ClassLoader classLoader(Class<?> beanClass) {
		ClassLoader classLoader = getProxyClassLoader();
		return (classLoader instanceof SmartClassLoader smart && classLoader != beanClass.getClassLoader())
				? smart.getOriginalClassLoader() : classLoader;
	}

}
