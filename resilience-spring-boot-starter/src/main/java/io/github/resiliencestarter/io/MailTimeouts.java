package io.github.resiliencestarter.io;

import java.time.Duration;
import java.util.Properties;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.mail.javamail.JavaMailSenderImpl;

/**
 * Gives mail senders the three time-outs that are endless by default.
 */
final class MailTimeouts implements BeanPostProcessor {

	private final IoProperties properties;

	MailTimeouts(IoProperties properties) {
		this.properties = properties;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof JavaMailSenderImpl sender) {
			limit(sender.getJavaMailProperties(), "mail." + protocol(sender) + ".");
		}
		return bean;
	}

	private void limit(Properties mail, String prefix) {
		setIfAbsent(mail, prefix + "connectiontimeout", this.properties.connectTimeout());
		setIfAbsent(mail, prefix + "timeout", this.properties.readTimeout());
		setIfAbsent(mail, prefix + "writetimeout", this.properties.readTimeout());
	}

	private static void setIfAbsent(Properties mail, String name, Duration timeout) {
		if (mail.getProperty(name) == null) {
			mail.setProperty(name, Long.toString(timeout.toMillis()));
		}
	}

	static String protocol(JavaMailSenderImpl sender) {
		String protocol = sender.getProtocol();
		return (protocol != null) ? protocol : sender.getJavaMailProperties()
			.getProperty("mail.transport.protocol", JavaMailSenderImpl.DEFAULT_PROTOCOL);
	}

}
