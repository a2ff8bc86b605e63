package io.github.resiliencestarter.outbox;

import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.web.client.RestClient;

/**
 * Sends published webhooks where the application has a {@code RestClient}.
 */
@AutoConfiguration(after = OutboxAutoConfiguration.class,
		afterName = "org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration")
@ConditionalOnBooleanProperty(name = { "resilience.enabled", "resilience.outbox.enabled" }, matchIfMissing = true)
@ConditionalOnClass(RestClient.class)
@ConditionalOnBean({ Outbox.class, RestClient.Builder.class })
@EnableConfigurationProperties(OutboxWebhookProperties.class)
public final class OutboxWebhookAutoConfiguration {

	@Bean
	WebhookHandler outboxWebhookHandler(RestClient.Builder builder, JsonMapper json,
			OutboxWebhookProperties properties) {
		return new WebhookHandler(builder.build(), json, properties.secrets());
	}

}
