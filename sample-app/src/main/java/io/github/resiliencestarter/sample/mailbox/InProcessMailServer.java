package io.github.resiliencestarter.sample.mailbox;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;

import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.mail.javamail.JavaMailSenderImpl;

/**
 * A real SMTP server inside this process, for as long as {@code SPRING_MAIL_HOST} names
 * no other.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnExpression("'${spring.mail.host:}'.isBlank()")
class InProcessMailServer {

	@Bean(initMethod = "start", destroyMethod = "stop")
	GreenMail greenMail() {
		ServerSetup smtp = new ServerSetup(0, "localhost", ServerSetup.PROTOCOL_SMTP);
		smtp.setServerStartupTimeout(30_000);
		return new GreenMail(smtp);
	}

	@Bean
	JavaMailSenderImpl mailSender(GreenMail server) {
		JavaMailSenderImpl sender = new JavaMailSenderImpl();
		sender.setHost(server.getSmtp().getBindTo());
		sender.setPort(server.getSmtp().getPort());
		return sender;
	}

}
