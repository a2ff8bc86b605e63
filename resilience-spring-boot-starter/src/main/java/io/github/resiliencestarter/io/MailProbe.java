package io.github.resiliencestarter.io;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.mail.javamail.JavaMailSenderImpl;

/**
 * Looks at mail senders. Writing has a limit of its own there.
 */
final class MailProbe implements IoProbe {

	private final ListableBeanFactory beans;

	MailProbe(ListableBeanFactory beans) {
		this.beans = beans;
	}

	@Override
	public Stream<IoClient> clients() {
		Map<String, JavaMailSenderImpl> senders = this.beans.getBeansOfType(JavaMailSenderImpl.class, false, false);
		return senders.entrySet().stream().map((bean) -> client(bean.getKey(), bean.getValue()));
	}

	private static IoClient client(String name, JavaMailSenderImpl sender) {
		Properties mail = sender.getSession().getProperties();
		String prefix = "mail." + MailTimeouts.protocol(sender) + ".";
		String read = timeout(mail, prefix + "timeout");
		String write = timeout(mail, prefix + "writetimeout");
		return IoClient.of("JavaMailSender '" + name + "'", timeout(mail, prefix + "connectiontimeout"),
				(write != null) ? read : null, null, "spring.mail.properties[" + prefix + "connectiontimeout], ["
						+ prefix + "timeout] and [" + prefix + "writetimeout], in milliseconds");
	}

	private static @Nullable String timeout(Properties mail, String name) {
		String value = mail.getProperty(name);
		return (value != null && value.matches("\\d{1,9}")) ? Durations.print(Duration.ofMillis(Long.parseLong(value)))
				: null;
	}

}
