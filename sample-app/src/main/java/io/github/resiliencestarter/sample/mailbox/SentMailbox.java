package io.github.resiliencestarter.sample.mailbox;

import java.time.Instant;
import java.util.List;

import io.github.resiliencestarter.sample.confirmations.Confirmation;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What can be known of an SMTP server elsewhere: the e-mails that it accepted from the
 * instances of this service, as the orders in their shared database remember. An e-mail
 * that was sent twice, because an instance crashed in between, is listed once.
 */
class SentMailbox implements Mailbox {

	private final JdbcClient jdbc;

	SentMailbox(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@Override
	public List<ReceivedMail> mails() {
		return this.jdbc.sql("""
				SELECT id, email, confirmation_id, confirmed_at FROM orders
				WHERE status = 'CONFIRMED' ORDER BY confirmed_at DESC LIMIT 1000""")
			.query((row, number) -> new ReceivedMail(row.getString("email"), Confirmation.subject(row.getLong("id")),
					row.getString("confirmation_id"), Instant.ofEpochMilli(row.getLong("confirmed_at"))))
			.list();
	}

}
