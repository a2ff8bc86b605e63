package io.github.resiliencestarter.sample.mailbox;

import java.util.Comparator;
import java.util.List;

import com.icegreen.greenmail.store.StoredMessage;
import com.icegreen.greenmail.util.GreenMail;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;

/**
 * What the SMTP server inside this process has received, duplicates included.
 */
class InProcessMailbox implements Mailbox {

	private final GreenMail server;

	InProcessMailbox(GreenMail server) {
		this.server = server;
	}

	@Override
	public List<ReceivedMail> mails() {
		return this.server.getManagers()
			.getImapHostManager()
			.getAllMessages()
			.stream()
			.map(InProcessMailbox::read)
			.sorted(Comparator.comparing(ReceivedMail::receivedAt).reversed())
			.toList();
	}

	private static ReceivedMail read(StoredMessage stored) {
		try {
			MimeMessage mail = stored.getMimeMessage();
			String to = InternetAddress.toString(mail.getRecipients(Message.RecipientType.TO));
			return new ReceivedMail(to, mail.getSubject(), mail.getMessageID(), stored.getReceivedDate().toInstant());
		}
		catch (MessagingException ex) {
			throw new IllegalStateException("An e-mail in the mailbox cannot be read", ex);
		}
	}

}
