package io.github.resiliencestarter.sample.mailbox;

import java.util.List;

import com.icegreen.greenmail.util.GreenMail;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The mailbox over HTTP.
 */
@RestController
class MailboxController {

	private final Mailbox mailbox;

	MailboxController(ObjectProvider<GreenMail> inProcess, JdbcClient jdbc) {
		GreenMail server = inProcess.getIfAvailable();
		this.mailbox = (server != null) ? new InProcessMailbox(server) : new SentMailbox(jdbc);
	}

	@GetMapping("/mailbox")
	List<ReceivedMail> mails() {
		return this.mailbox.mails();
	}

}
