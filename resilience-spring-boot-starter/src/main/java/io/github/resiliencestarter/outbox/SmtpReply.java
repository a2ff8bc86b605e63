package io.github.resiliencestarter.outbox;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import org.jspecify.annotations.Nullable;

import org.springframework.mail.MailSendException;

/**
 * What a mail server answered to a refused message: by RFC 5321, 4xx means try again, 5xx
 * means never.
 */
record SmtpReply(int code, String text) {

	private static final Pattern REPLY = Pattern.compile("\\s*([45]\\d\\d)[ -].*", Pattern.DOTALL);

	private static final int MOST_CAUSES = 50;

	boolean isPermanent() {
		return this.code >= 500 && this.code < 600;
	}

	/**
	 * Find the reply in a failure. If recipients were refused for different reasons, one
	 * that may yet be served decides.
	 */
	static @Nullable SmtpReply of(Throwable failure) {
		SmtpReply found = null;
		Deque<Throwable> causes = new ArrayDeque<>();
		causes.add(failure);
		for (int seen = 0; !causes.isEmpty() && seen < MOST_CAUSES; seen++) {
			Throwable cause = causes.remove();
			SmtpReply reply = in(cause);
			if (reply != null && (found == null || !reply.isPermanent())) {
				found = reply;
			}
			addCauses(cause, causes);
		}
		return found;
	}

	private static void addCauses(Throwable failure, Deque<Throwable> causes) {
		if (failure instanceof MailSendException send) {
			causes.addAll(send.getFailedMessages().values());
		}
		if (failure instanceof MessagingException messaging && messaging.getNextException() != null) {
			causes.add(messaging.getNextException());
		}
		if (failure.getCause() != null) {
			causes.add(failure.getCause());
		}
	}

	/**
	 * Whatever library speaks with the server, the message of such an exception is the
	 * server's reply.
	 */
	private static @Nullable SmtpReply in(Throwable failure) {
		Matcher reply = REPLY.matcher(String.valueOf(failure.getMessage()));
		return (failure instanceof SendFailedException && reply.matches())
				? new SmtpReply(Integer.parseInt(reply.group(1)), String.valueOf(failure.getMessage()).trim()) : null;
	}

}
