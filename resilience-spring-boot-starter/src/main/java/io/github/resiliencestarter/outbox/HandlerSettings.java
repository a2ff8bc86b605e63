package io.github.resiliencestarter.outbox;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * How a handler is called, and what becomes of its failures. In properties and
 * annotations every component may be missing; {@link #orElse} fills it.
 *
 * @param maxAttempts deliveries of one message before it goes to the dead letters
 * @param initialBackoff longest wait before the second attempt; doubles with each attempt
 * @param maxBackoff longest wait between two attempts
 * @param timeout limit of one delivery
 * @param concurrency deliveries at once on one instance
 * @param deadLetterOn exceptions after which a message goes straight to the dead letters
 * @param onKeyFailure whether a message that waits for its next attempt holds back its
 * key
 * @param onAmbiguous what becomes of an ambiguous message of which no probe tells whether
 * it was delivered
 */
public record HandlerSettings(@Nullable Integer maxAttempts, @Nullable Duration initialBackoff,
		@Nullable Duration maxBackoff, @Nullable Duration timeout, @Nullable Integer concurrency,
		@Nullable List<Class<? extends Throwable>> deadLetterOn, @Nullable KeyFailure onKeyFailure,
		@Nullable Ambiguity onAmbiguous) {

	static final HandlerSettings NONE = new HandlerSettings(null, null, null, null, null, null, null, null);

	static final HandlerSettings BUILT_IN = new HandlerSettings(10, Duration.ofSeconds(1), Duration.ofMinutes(10),
			Duration.ofSeconds(30), 8, List.of(), KeyFailure.BLOCK, Ambiguity.RESEND);

	HandlerSettings orElse(@Nullable HandlerSettings other) {
		return (other == null) ? this
				: new HandlerSettings(first(this.maxAttempts, other.maxAttempts),
						first(this.initialBackoff, other.initialBackoff), first(this.maxBackoff, other.maxBackoff),
						first(this.timeout, other.timeout), first(this.concurrency, other.concurrency),
						first(this.deadLetterOn, other.deadLetterOn), first(this.onKeyFailure, other.onKeyFailure),
						first(this.onAmbiguous, other.onAmbiguous));
	}

	private static <T> @Nullable T first(@Nullable T one, @Nullable T other) {
		return (one != null) ? one : other;
	}

	/**
	 * What a message that waits for its next attempt means to its key's successors.
	 */
	public enum KeyFailure {

		/** They wait: the order is kept. */
		BLOCK,

		/** They are delivered. */
		SKIP

	}

	/**
	 * What becomes of a message that may have reached its receiver.
	 */
	public enum Ambiguity {

		/** It is delivered again, and told that it is ambiguous. */
		RESEND,

		/** It goes to the dead letters, where an operator decides. */
		HOLD

	}

}
