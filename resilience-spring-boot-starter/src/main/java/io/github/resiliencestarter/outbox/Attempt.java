package io.github.resiliencestarter.outbox;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

import io.github.resiliencestarter.CallRejectedException;
import io.github.resiliencestarter.guard.LimitPassed;
import io.github.resiliencestarter.guard.NeverRetried;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls the handler with a stored message, and decides what its failure means.
 */
final class Attempt {

	/** A message under which so many instances died is taken for the reason. */
	static final int MOST_CRASHES = 3;

	private static final int LONGEST_ERROR = 2000;

	private final JsonMapper json;

	private final MessageTracing tracing;

	Attempt(JsonMapper json, MessageTracing tracing) {
		this.json = json;
		this.tracing = tracing;
	}

	/**
	 * Decide without calling the handler, where there is nothing to call it for. A crash
	 * uses an attempt, but is no reason to give a message up: most of what an instance
	 * takes with it had not even begun.
	 */
	@Nullable Outcome foregone(StoredMessage message) {
		if (message.delayMillis() > 0) {
			return new Outcome.Later(message.delayMillis(), true, 0, false, null);
		}
		if (message.crashes() >= MOST_CRASHES) {
			return new Outcome.Dead(message.attempts(), message.crashes() + " instances died while delivering it.");
		}
		return null;
	}

	Outcome run(StoredMessage message, MessageHandler handler) {
		Object payload;
		OutboxMessage meta;
		try {
			payload = this.json.readValue(message.payload(), handler.jsonType());
			meta = meta(message);
		}
		catch (Throwable ex) {
			return new Outcome.Dead(message.attempts(), error("The payload cannot be read: ", ex));
		}
		try {
			return deliver(payload, meta, handler);
		}
		catch (Throwable ex) {
			return failed(message, handler, ex);
		}
	}

	private Outcome deliver(Object payload, OutboxMessage message, MessageHandler handler) throws Throwable {
		OutboxMessage told = message;
		if (message.ambiguous()) {
			DeliveryStatus status = handler.probe(payload, message);
			if (status == DeliveryStatus.DELIVERED) {
				return Outcome.Delivered.INSTANCE;
			}
			if (status == DeliveryStatus.UNKNOWN && handler.policy().holdsAmbiguous()) {
				return new Outcome.Dead(message.attempt() - 1, "The message may have reached its receiver.");
			}
			told = (status == DeliveryStatus.NOT_DELIVERED) ? message.withoutAmbiguity() : message;
		}
		this.tracing.deliver(handler, payload, told);
		return Outcome.Delivered.INSTANCE;
	}

	private OutboxMessage meta(StoredMessage message) {
		return new OutboxMessage(message.messageId(), message.type(), message.key(), headers(message.headers()),
				message.attempts() + 1, message.ambiguous(), Instant.ofEpochMilli(message.publishedAt()));
	}

	private Map<String, String> headers(@Nullable String text) {
		return (text == null) ? Map.of() : this.json.readerForMapOf(String.class).readValue(text);
	}

	private static Outcome failed(StoredMessage message, MessageHandler handler, Throwable failure) {
		if (failure instanceof RetryLaterException later) {
			return unused(message, later.after(), failure);
		}
		DeliveryPolicy policy = handler.policy();
		if (failure instanceof CallRejectedException rejected) {
			Duration jittered = Duration.ofMillis(policy.backoffMillis(1, ThreadLocalRandom.current()::nextDouble) + 1);
			return unused(message, rejected.retryAfter().map(jittered::plus).orElse(policy.initialBackoff()), failure);
		}
		int attempts = message.attempts() + 1;
		if (policy.isHopeless(failure) || attempts >= policy.maxAttempts()) {
			return new Outcome.Dead(attempts, error("", failure));
		}
		boolean limitPassed = failure instanceof LimitPassed && !(failure instanceof NeverRetried);
		return retry(policy, attempts, message.ambiguous() || limitPassed, error("", failure));
	}

	Outcome timedOut(StoredMessage message, MessageHandler handler) {
		DeliveryPolicy policy = handler.policy();
		int attempts = message.attempts() + 1;
		String error = "The handler did not return within " + Duration.ofNanos(policy.timeoutNanos()) + ".";
		return (attempts >= policy.maxAttempts()) ? new Outcome.Dead(attempts, error)
				: retry(policy, attempts, true, error);
	}

	private static Outcome retry(DeliveryPolicy policy, int attempts, boolean ambiguous, String error) {
		long wait = policy.backoffMillis(attempts, ThreadLocalRandom.current()::nextDouble);
		return new Outcome.Later(wait, false, attempts, ambiguous, error);
	}

	private static Outcome unused(StoredMessage message, Duration wait, Throwable failure) {
		return new Outcome.Later(Math.max(0, wait.toMillis()), false, message.attempts(), message.ambiguous(),
				error("", failure));
	}

	private static String error(String prefix, Throwable failure) {
		String error = prefix + failure;
		return (error.length() <= LONGEST_ERROR) ? error : error.substring(0, LONGEST_ERROR);
	}

}
