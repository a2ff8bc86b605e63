package io.github.resiliencestarter.outbox;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How published e-mails are sent.
 *
 * @param from sender of e-mails that name none
 */
@ConfigurationProperties("resilience.outbox.email")
public record OutboxEmailProperties(@Nullable String from) {

}
