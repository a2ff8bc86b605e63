package io.github.resiliencestarter.outbox;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.mail.javamail.JavaMailSender;

/**
 * Sends published e-mails where the application can send mail.
 */
@AutoConfiguration(after = OutboxAutoConfiguration.class,
		afterName = "org.springframework.boot.mail.autoconfigure.MailSenderAutoConfiguration")
@ConditionalOnBooleanProperty(name = { "resilience.enabled", "resilience.outbox.enabled" }, matchIfMissing = true)
@ConditionalOnClass(JavaMailSender.class)
@ConditionalOnBean({ Outbox.class, JavaMailSender.class })
@EnableConfigurationProperties(OutboxEmailProperties.class)
public final class OutboxEmailAutoConfiguration {

	@Bean
	EmailHandler outboxEmailHandler(JavaMailSender sender, OutboxEmailProperties properties) {
		return new EmailHandler(sender, properties.from());
	}

}
