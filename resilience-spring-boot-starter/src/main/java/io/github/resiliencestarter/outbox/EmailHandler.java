package io.github.resiliencestarter.outbox;

import java.nio.charset.StandardCharsets;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.MimeMessage;
import org.jspecify.annotations.Nullable;

import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.mail.javamail.MimeMessageHelper;

/**
 * Sends e-mails. The {@code Message-ID} derives from the message's id, so that a mail
 * server or reader that gets an ambiguous one twice can tell.
 */
class EmailHandler {

	private final JavaMailSender sender;

	private final @Nullable String defaultFrom;

	EmailHandler(JavaMailSender sender, @Nullable String defaultFrom) {
		this.sender = sender;
		this.defaultFrom = defaultFrom;
	}

	@OutboxHandler(value = "email", deadLetterOn = { UndeliverableEmailException.class, AddressException.class })
	void send(Email email, OutboxMessage message) throws MessagingException {
		MimeMessage mail = compose(email, message.id());
		try {
			this.sender.send(mail);
		}
		catch (RuntimeException ex) {
			SmtpReply reply = SmtpReply.of(ex);
			if (reply != null && reply.isPermanent()) {
				throw new UndeliverableEmailException(reply, ex);
			}
			throw ex;
		}
	}

	private MimeMessage compose(Email email, String messageId) throws MessagingException {
		MimeMessage mail = this.sender.createMimeMessage();
		boolean both = email.text() != null && email.html() != null;
		MimeMessageHelper helper = new MimeMessageHelper(mail, both, StandardCharsets.UTF_8.name());
		helper.setTo(email.to().toArray(String[]::new));
		helper.setCc(email.cc().toArray(String[]::new));
		helper.setBcc(email.bcc().toArray(String[]::new));
		helper.setSubject(email.subject());
		String from = (email.from() != null) ? email.from() : this.defaultFrom;
		if (from != null) {
			helper.setFrom(from);
		}
		if (email.replyTo() != null) {
			helper.setReplyTo(email.replyTo());
		}
		body(helper, email.text(), email.html());
		mail.setHeader("Message-ID", "<" + messageId + "@" + domain(from) + ">");
		return mail;
	}

	private static void body(MimeMessageHelper helper, @Nullable String text, @Nullable String html)
			throws MessagingException {
		if (text != null && html != null) {
			helper.setText(text, html);
		}
		else if (html != null) {
			helper.setText(html, true);
		}
		else {
			helper.setText((text != null) ? text : "");
		}
	}

	private static String domain(@Nullable String from) {
		int at = (from != null) ? from.lastIndexOf('@') : -1;
		return (from != null && at >= 0) ? from.substring(at + 1).replace(">", "").trim() : "outbox.invalid";
	}

}
