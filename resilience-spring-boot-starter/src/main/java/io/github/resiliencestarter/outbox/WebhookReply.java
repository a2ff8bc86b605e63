package io.github.resiliencestarter.outbox;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What a receiver answered.
 */
record WebhookReply(int status, @Nullable String retryAfter) {

	/** Client errors that another time may not be: time-out, too early, too many. */
	private static final Set<Integer> TEMPORARY = Set.of(408, 425, 429);

	boolean isAccepted() {
		return this.status >= 200 && this.status < 300;
	}

	boolean isPermanent() {
		return this.status >= 400 && this.status < 500 && !TEMPORARY.contains(this.status);
	}

	/**
	 * Return the wait that the receiver asked for.
	 * @param now the time that a date is compared with
	 * @return the wait, or {@code null} if it did not say, or not so that it makes sense
	 */
	@Nullable Duration wait(Instant now) {
		String text = (this.retryAfter != null) ? this.retryAfter.trim() : "";
		if (text.matches("\\d{1,9}")) {
			return Duration.ofSeconds(Long.parseLong(text));
		}
		try {
			Duration wait = text.isEmpty() ? Duration.ZERO : Duration.between(now,
					ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
			return (wait.isNegative() || wait.isZero()) ? null : wait;
		}
		catch (DateTimeParseException ex) {
			return null;
		}
	}

}
