package io.github.resiliencestarter.web;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.async.CallableProcessingInterceptor;
import org.springframework.web.servlet.config.annotation.AsyncSupportConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import io.github.resiliencestarter.guard.TimeBudget;

/**
 * Opens the request's deadline on the thread on which Spring MVC runs what a controller
 * has returned as a {@link Callable}. The moment is kept by the task, because the request
 * may be over, and in use for another one, when the task's turn comes.
 */
final class DeadlineCallables implements WebMvcConfigurer, CallableProcessingInterceptor {

	private final Map<Callable<?>, Long> moments = Collections.synchronizedMap(new IdentityHashMap<>());

	private final ThreadLocal<@Nullable Long> previous = new ThreadLocal<>();

	@Override
	public void configureAsyncSupport(AsyncSupportConfigurer configurer) {
		configurer.registerCallableInterceptors(this);
	}

	@Override
	public <T> void beforeConcurrentHandling(NativeWebRequest request, Callable<T> task) {
		long moment = TimeBudget.ofThread().expiresAt();
		if (moment != TimeBudget.UNLIMITED) {
			this.moments.put(task, moment);
		}
	}

	@Override
	public <T> void preProcess(NativeWebRequest request, Callable<T> task) {
		Long moment = this.moments.remove(task);
		if (moment != null) {
			this.previous.set(TimeBudget.ofThread().shortenTo(moment));
		}
	}

	@Override
	public <T> void postProcess(NativeWebRequest request, Callable<T> task, @Nullable Object concurrentResult) {
		Long end = this.previous.get();
		if (end != null) {
			this.previous.remove();
			TimeBudget.ofThread().restore(end);
		}
	}

	@Override
	public <T> void afterCompletion(NativeWebRequest request, Callable<T> task) {
		this.moments.remove(task);
	}

}
