package io.github.resiliencestarter.web;

import jakarta.servlet.Filter;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.MonotonicClock;

/**
 * Deadlines that come with HTTP requests.
 */
@AutoConfiguration(after = GuardAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = { "resilience.enabled", "resilience.deadline.enabled" }, matchIfMissing = true)
@ConditionalOnClass({ Filter.class, OncePerRequestFilter.class, FilterRegistrationBean.class })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
public final class DeadlineWebAutoConfiguration {

	/** Inside the filter that observes requests, before all that take time. */
	private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 20;

	@Bean
	FilterRegistrationBean<DeadlineFilter> deadlineFilter(MonotonicClock clock) {
		FilterRegistrationBean<DeadlineFilter> registration = new FilterRegistrationBean<>(new DeadlineFilter(clock));
		registration.setOrder(ORDER);
		return registration;
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ WebMvcConfigurer.class, DispatcherServlet.class })
	static class MvcConfiguration {

		@Bean
		DeadlineCallables deadlineCallables() {
			return new DeadlineCallables();
		}

	}

}
