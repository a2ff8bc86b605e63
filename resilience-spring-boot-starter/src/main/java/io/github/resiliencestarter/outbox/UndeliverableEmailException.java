package io.github.resiliencestarter.outbox;

/**
 * The mail server refused an e-mail for good: no attempt can help.
 */
@SuppressWarnings("serial")
class UndeliverableEmailException extends RuntimeException {

	UndeliverableEmailException(SmtpReply reply, Throwable cause) {
		super("The mail server refused the e-mail for good: " + reply.text(), cause);
	}

}
