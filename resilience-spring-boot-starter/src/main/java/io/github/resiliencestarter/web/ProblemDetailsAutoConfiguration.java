package io.github.resiliencestarter.web;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * Problem details for the exceptions of guards, with or without
 * {@code spring.mvc.problemdetails.enabled}.
 */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(DispatcherServlet.class)
@ConditionalOnBooleanProperty(name = "resilience.enabled", matchIfMissing = true)
@EnableConfigurationProperties(ProblemDetailsProperties.class)
public final class ProblemDetailsAutoConfiguration {

	@Bean
	@ConditionalOnBooleanProperty(name = "resilience.problem-details.enabled", matchIfMissing = true)
	ResilienceExceptionHandler resilienceExceptionHandler(
			@Value("${resilience.idempotency.header:Idempotency-Key}") String idempotencyHeader) {
		return new ResilienceExceptionHandler(idempotencyHeader);
	}

}
