package io.github.resiliencestarter.web;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.web.client.RestClient;

import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.MonotonicClock;

/**
 * Deadlines that go with the requests of every {@link RestClient} made by Boot's builder.
 */
@AutoConfiguration(after = GuardAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = { "resilience.enabled", "resilience.deadline.enabled" }, matchIfMissing = true)
@ConditionalOnClass({ RestClient.class, RestClientCustomizer.class })
public final class DeadlineRestClientAutoConfiguration {

	@Bean
	DeadlineRestClientCustomizer deadlineRestClientCustomizer(MonotonicClock clock) {
		return new DeadlineRestClientCustomizer(clock);
	}

}
