package io.github.resiliencestarter.timeout;

import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

import io.github.resiliencestarter.guard.EntryCheck;
import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.GuardFactory;
import io.github.resiliencestarter.guard.MonotonicClock;

/**
 * {@code @Timeout}: one watch for the context, and guards at two places of the chain.
 */
@AutoConfiguration(after = GuardAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = { "resilience.enabled", "resilience.timeout.enabled" }, matchIfMissing = true)
@EnableConfigurationProperties(TimeoutProperties.class)
@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
public final class TimeoutAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static TimeoutInstances timeouts(TimeoutProperties properties, WatchThread watchThread, MonotonicClock clock,
			ObjectProvider<OffloadThreads> threads, ObjectProvider<EntryCheck> entry) {
		return new TimeoutInstances(properties, watchThread.watch(), clock, threads::getObject,
				entry.getIfAvailable(() -> EntryCheck.NONE));
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static WatchThread timeoutWatchThread(MonotonicClock clock) {
		return new WatchThread(clock, new CompletableFuture<>().defaultExecutor());
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static GuardFactory wholeCallTimeoutFactory(ObjectProvider<TimeoutInstances> timeouts) {
		return new WholeCallFactory(timeouts::getObject);
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static AttemptFactory attemptTimeoutFactory(ObjectProvider<TimeoutInstances> timeouts,
			ObjectProvider<OffloadThreads> threads) {
		return new AttemptFactory(timeouts::getObject, threads::getObject);
	}

	@Bean
	@Lazy
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static OffloadThreads timeoutOffloadThreads(TimeoutProperties properties, Environment environment,
			ConfigurableBeanFactory beanFactory) {
		UnaryOperator<Runnable> context = callersContext(beanFactory.getBeanClassLoader());
		int maxLeftBehind = properties.offload().maxLeftBehind();
		return Threading.VIRTUAL.isActive(environment) ? OffloadThreads.virtual(context, maxLeftBehind)
				: OffloadThreads.pooled(properties.offload().maxThreads(), context, maxLeftBehind);
	}

	private static UnaryOperator<Runnable> callersContext(@Nullable ClassLoader classLoader) {
		return ClassUtils.isPresent("io.micrometer.context.ContextSnapshotFactory", classLoader) ? new CallersContext()
				: UnaryOperator.identity();
	}

}
