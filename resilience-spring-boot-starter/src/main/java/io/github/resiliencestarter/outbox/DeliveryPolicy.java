package io.github.resiliencestarter.outbox;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

import io.github.resiliencestarter.guard.InvalidGuardException;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one handler, complete and checked.
 */
record DeliveryPolicy(int maxAttempts, Duration initialBackoff, Duration maxBackoff, long timeoutNanos, int concurrency,
		List<Class<? extends Throwable>> deadLetterOn, boolean failureHoldsKey, boolean holdsAmbiguous) {

	static DeliveryPolicy of(String handler, HandlerSettings settings) {
		HandlerSettings all = settings.orElse(HandlerSettings.BUILT_IN);
		Duration timeout = positive(handler, "timeout", all.timeout());
		return new DeliveryPolicy(atLeastOne(handler, "max-attempts", all.maxAttempts()),
				positive(handler, "initial-backoff", all.initialBackoff()),
				positive(handler, "max-backoff", all.maxBackoff()), TimeUnit.MILLISECONDS.toNanos(timeout.toMillis()),
				atLeastOne(handler, "concurrency", all.concurrency()), Objects.requireNonNull(all.deadLetterOn()),
				all.onKeyFailure() == HandlerSettings.KeyFailure.BLOCK,
				all.onAmbiguous() == HandlerSettings.Ambiguity.HOLD);
	}

	/**
	 * Full jitter: anything up to the exponential limit, so that messages which failed
	 * together do not come back together.
	 * @param attempts how many attempts were made
	 * @param random from 0 to 1
	 * @return the milliseconds to wait
	 * @see <a href=
	 * "https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/">Exponential
	 * Backoff And Jitter</a>
	 */
	long backoffMillis(int attempts, DoubleSupplier random) {
		double doubled = this.initialBackoff.toMillis() * Math.pow(2, Math.min(attempts - 1, 62));
		return (long) (random.getAsDouble() * Math.min(doubled, this.maxBackoff.toMillis()));
	}

	boolean isHopeless(Throwable failure) {
		return this.deadLetterOn.stream().anyMatch((type) -> type.isInstance(failure));
	}

	private static int atLeastOne(String handler, String setting, @Nullable Integer value) {
		if (value == null || value < 1) {
			throw invalid(handler, setting, value, "Use a whole number of at least 1.");
		}
		return value;
	}

	private static Duration positive(String handler, String setting, @Nullable Duration value) {
		if (value == null || value.toMillis() < 1) {
			throw invalid(handler, setting, value, "Use a duration of at least 1ms.");
		}
		return value;
	}

	private static InvalidGuardException invalid(String handler, String setting, @Nullable Object value,
			String remedy) {
		return new InvalidGuardException(
				"Outbox handler '" + handler + "' has the invalid setting " + setting + " = " + value + ".", remedy);
	}

}
