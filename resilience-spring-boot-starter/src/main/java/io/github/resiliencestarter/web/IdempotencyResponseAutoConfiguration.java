package io.github.resiliencestarter.web;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.http.ResponseEntity;

/**
 * {@code @Idempotent} methods that return a {@link ResponseEntity}, in every kind of
 * application.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "resilience.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "resilience.idempotency.enabled", matchIfMissing = true)
@ConditionalOnClass(ResponseEntity.class)
public final class IdempotencyResponseAutoConfiguration {

	@Bean
	IdempotencyResponseEnvelope idempotencyResponseEnvelope() {
		return new IdempotencyResponseEnvelope();
	}

}
