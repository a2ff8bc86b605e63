package io.github.resiliencestarter.web;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.annotation.RegisterReflection;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.JettyClientHttpRequestFactory;
import org.springframework.http.client.ReactorClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.MonotonicClock;

/**
 * Deadlines that go with the requests of every {@link RestClient} made by Boot's builder.
 */
@AutoConfiguration(after = GuardAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = { "resilience.enabled", "resilience.deadline.enabled" }, matchIfMissing = true)
@ConditionalOnClass({ RestClient.class, RestClientCustomizer.class })
@RegisterReflection(
		classes = { HttpComponentsClientHttpRequestFactory.class, JdkClientHttpRequestFactory.class,
				JettyClientHttpRequestFactory.class, ReactorClientHttpRequestFactory.class,
				SimpleClientHttpRequestFactory.class },
		classNames = "org.springframework.web.client.DefaultRestClientBuilder",
		memberCategories = { MemberCategory.ACCESS_DECLARED_FIELDS, MemberCategory.INVOKE_PUBLIC_METHODS,
				MemberCategory.UNSAFE_ALLOCATED })
public final class DeadlineRestClientAutoConfiguration {

	@Bean
	DeadlineRestClientCustomizer deadlineRestClientCustomizer(MonotonicClock clock) {
		return new DeadlineRestClientCustomizer(clock);
	}

}
