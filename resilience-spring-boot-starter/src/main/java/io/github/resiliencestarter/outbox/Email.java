package io.github.resiliencestarter.outbox;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * An e-mail to publish: sent through the application's {@code JavaMailSender}, with a
 * {@code Message-ID} that stays the same at every attempt. <pre>
 * outbox.publish(Email.to("a@example.org").subject("Your order").text("Thank you.").build());
 * </pre>
 *
 * @param to whom it is for
 * @param cc whom it is for in copy
 * @param bcc whom it is for without the others seeing it
 * @param from who sends it, or {@code null} for {@code resilience.outbox.email.from}
 * @param replyTo whom to answer, or {@code null}
 * @param subject the subject
 * @param text the plain text, or {@code null}
 * @param html the HTML, or {@code null}; with a text, both are alternatives
 */
@OutboxType("email")
public record Email(List<String> to, List<String> cc, List<String> bcc, @Nullable String from, @Nullable String replyTo,
		String subject, @Nullable String text, @Nullable String html) {

	public Email {
		to = List.copyOf(to);
		cc = List.copyOf(cc);
		bcc = List.copyOf(bcc);
		if (to.isEmpty()) {
			throw new IllegalArgumentException("An e-mail needs a recipient.");
		}
	}

	/**
	 * Begin an e-mail.
	 * @param to whom it is for
	 * @return the e-mail to complete
	 */
	public static Builder to(String... to) {
		return new Builder(List.of(to));
	}

	/**
	 * An e-mail that is not complete yet. Not thread-safe.
	 */
	public static final class Builder {

		private final List<String> to;

		private final List<String> cc = new ArrayList<>();

		private final List<String> bcc = new ArrayList<>();

		private @Nullable String from;

		private @Nullable String replyTo;

		private String subject = "";

		private @Nullable String text;

		private @Nullable String html;

		private Builder(List<String> to) {
			this.to = to;
		}

		public Builder cc(String... recipients) {
			this.cc.addAll(List.of(recipients));
			return this;
		}

		public Builder bcc(String... recipients) {
			this.bcc.addAll(List.of(recipients));
			return this;
		}

		public Builder from(String sender) {
			this.from = sender;
			return this;
		}

		public Builder replyTo(String address) {
			this.replyTo = address;
			return this;
		}

		public Builder subject(String line) {
			this.subject = line;
			return this;
		}

		public Builder text(String body) {
			this.text = body;
			return this;
		}

		public Builder html(String body) {
			this.html = body;
			return this;
		}

		/**
		 * Complete the e-mail.
		 * @return the e-mail
		 * @throws IllegalArgumentException if there is no recipient
		 */
		public Email build() {
			return new Email(this.to, this.cc, this.bcc, this.from, this.replyTo, this.subject, this.text, this.html);
		}

	}

}
