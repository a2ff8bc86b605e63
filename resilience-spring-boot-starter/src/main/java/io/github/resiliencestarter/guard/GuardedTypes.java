package io.github.resiliencestarter.guard;

import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.stream.Stream;

import org.springframework.aop.support.AopUtils;
import org.springframework.util.ClassUtils;

/**
 * Where a bean's guards are declared: on its class, and on interfaces that only its proxy
 * has, as with repositories and HTTP interfaces.
 */
final class GuardedTypes {

	private GuardedTypes() {
	}

	static Stream<Class<?>> of(Object bean) {
		Class<?> target = AopUtils.getTargetClass(bean);
		if (!Proxy.isProxyClass(bean.getClass())) {
			return of(target);
		}
		Stream<Class<?>> proxied = interfaces(bean.getClass()).filter((type) -> !type.isAssignableFrom(target));
		return Proxy.isProxyClass(target) ? interfaces(bean.getClass()) : Stream.concat(of(target), proxied);
	}

	static Stream<Class<?>> of(Class<?> beanClass) {
		return Proxy.isProxyClass(beanClass) ? interfaces(beanClass) : Stream.of(ClassUtils.getUserClass(beanClass));
	}

	private static Stream<Class<?>> interfaces(Class<?> proxyClass) {
		return Arrays.stream(proxyClass.getInterfaces())
			.filter((type) -> !type.getName().startsWith("org.springframework.aop."));
	}

}
