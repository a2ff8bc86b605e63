package io.github.resiliencestarter.sample.mailbox;

import java.util.List;

/**
 * Looks at what reached the SMTP server.
 */
interface Mailbox {

	/**
	 * Return the e-mails.
	 * @return the e-mails, newest first
	 */
	List<ReceivedMail> mails();

}
