package io.github.resiliencestarter.web;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.web.client.RestClient;

import io.github.resiliencestarter.idempotency.IdempotencyProperties;

/**
 * Idempotency keys on outgoing requests.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "resilience.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "resilience.idempotency.enabled", matchIfMissing = true)
@ConditionalOnClass({ RestClient.class, RestClientCustomizer.class })
@EnableConfigurationProperties(IdempotencyProperties.class)
public final class IdempotencyRestClientAutoConfiguration {

	@Bean
	RestClientCustomizer idempotencyRestClientCustomizer(IdempotencyProperties properties) {
		IdempotencyRestClientInterceptor interceptor = new IdempotencyRestClientInterceptor(properties.header());
		return (builder) -> builder.requestInterceptor(interceptor);
	}

}
