package io.github.resiliencestarter.outbox;

import java.util.Map;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How published webhooks are sent.
 *
 * @param secrets secrets to sign with, base64 with or without whsec_, by the receiver's
 * host name; the one named default serves all other hosts
 */
@ConfigurationProperties("resilience.outbox.webhook")
public record OutboxWebhookProperties(@DefaultValue Map<String, String> secrets) {

}
