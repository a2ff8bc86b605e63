package io.github.resiliencestarter.web;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.web.context.request.RequestContextHolder;

import io.github.resiliencestarter.idempotency.IdempotencyOverview;
import io.github.resiliencestarter.idempotency.IdempotencyProperties;

/**
 * {@code @Idempotent} over HTTP.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "resilience.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "resilience.idempotency.enabled", matchIfMissing = true)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({ RequestContextHolder.class, HttpServletRequest.class })
@EnableConfigurationProperties(IdempotencyProperties.class)
public final class IdempotencyWebAutoConfiguration {

	@Bean
	IdempotencyServletExchange idempotencyServletExchange(IdempotencyProperties properties) {
		return new IdempotencyServletExchange(properties.header());
	}

	@Bean
	@ConditionalOnProperty("resilience.idempotency.web.status-path")
	IdempotencyStatusController idempotencyStatusController(IdempotencyOverview overview) {
		return new IdempotencyStatusController(overview);
	}

}
