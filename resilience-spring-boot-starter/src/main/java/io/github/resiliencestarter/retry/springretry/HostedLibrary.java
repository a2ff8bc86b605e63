package io.github.resiliencestarter.retry.springretry;

import java.util.List;
import java.util.function.Consumer;

import io.github.resiliencestarter.guard.MonotonicClock;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.retry.RetryListener;
import org.springframework.retry.annotation.AnnotationAwareRetryOperationsInterceptor;
import org.springframework.retry.backoff.Sleeper;
import org.springframework.retry.interceptor.MethodArgumentsKeyGenerator;
import org.springframework.retry.interceptor.NewMethodArgumentsIdentifier;
import org.springframework.util.function.SingletonSupplier;

/**
 * spring-retry's own interceptor, equipped with the application's beans as
 * {@code @EnableRetry} would equip it: key generators, listeners, sleeper.
 */
final class HostedLibrary implements SmartInitializingSingleton {

	private final ConfigurableListableBeanFactory beanFactory;

	private final SingletonSupplier<AnnotationAwareRetryOperationsInterceptor> interceptor = SingletonSupplier
		.of(this::equipped);

	private volatile boolean listening;

	HostedLibrary(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	AnnotationAwareRetryOperationsInterceptor interceptor() {
		return this.interceptor.obtain();
	}

	boolean isListening() {
		return this.listening;
	}

	boolean hasBean(String name) {
		return this.beanFactory.containsBean(name);
	}

	String resolve(String text) {
		String resolved = this.beanFactory.resolveEmbeddedValue(text);
		return (resolved != null) ? resolved : "";
	}

	@Override
	public void afterSingletonsInstantiated() {
		List<RetryListener> listeners = this.beanFactory.getBeanProvider(RetryListener.class).orderedStream().toList();
		if (!listeners.isEmpty()) {
			interceptor().setListeners(listeners);
			this.listening = true;
		}
	}

	private AnnotationAwareRetryOperationsInterceptor equipped() {
		AnnotationAwareRetryOperationsInterceptor interceptor = new AnnotationAwareRetryOperationsInterceptor();
		interceptor.setBeanFactory(this.beanFactory);
		with(MethodArgumentsKeyGenerator.class, interceptor::setKeyGenerator);
		with(NewMethodArgumentsIdentifier.class, interceptor::setNewItemIdentifier);
		interceptor.setSleeper(new BudgetedSleeper(this.beanFactory.getBean(MonotonicClock.class),
				this.beanFactory.getBeanProvider(Sleeper.class).getIfUnique()));
		return interceptor;
	}

	private <T> void with(Class<T> type, Consumer<T> setter) {
		ObjectProvider<T> bean = this.beanFactory.getBeanProvider(type);
		bean.ifUnique(setter);
	}

}
