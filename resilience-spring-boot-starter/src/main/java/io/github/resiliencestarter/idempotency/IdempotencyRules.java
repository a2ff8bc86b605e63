package io.github.resiliencestarter.idempotency;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.idempotency.Idempotent.Mode;
import io.github.resiliencestarter.idempotency.Idempotent.OnConcurrent;

/**
 * How one operation behaves, with nothing left open.
 *
 * @param key SpEL expression that yields the key, empty for that of the request
 * @param mode where the effect happens
 * @param ttl how long a reply can be replayed
 * @param retention how long a duplicate is still recognised
 * @param onConcurrent what a duplicate does while the first call still runs
 * @param maxWait how long a waiting duplicate waits
 * @param lease how long a silent owner keeps the key
 * @param fingerprint SpEL expression, empty for the arguments
 * @param rememberExceptions final failures
 * @param propagateKey whether outgoing calls carry a derived key
 */
record IdempotencyRules(String key, Mode mode, Duration ttl, Duration retention, OnConcurrent onConcurrent,
		Duration maxWait, Duration lease, String fingerprint, List<Class<? extends Throwable>> rememberExceptions,
		boolean propagateKey) {

	IdempotencyRules {
		rememberExceptions = List.copyOf(rememberExceptions);
	}

	static IdempotencyRules of(IdempotencySettings settings) {
		IdempotencySettings all = settings.orElse(IdempotencySettings.BUILT_IN);
		return new IdempotencyRules(present(all.key()), present(all.mode()), present(all.ttl()),
				present(all.retention()), present(all.onConcurrent()), present(all.maxWait()), present(all.lease()),
				present(all.fingerprint()), present(all.rememberExceptions()), present(all.propagateKey()));
	}

	private static <T> T present(@Nullable T value) {
		return Objects.requireNonNull(value);
	}

	/**
	 * Tell what is wrong with these rules.
	 * @return a clause, or {@code null} if nothing is
	 */
	@Nullable String contradiction() {
		if (this.ttl.isZero() || this.retention.isZero()) {
			return "a time to live or a retention of zero";
		}
		if (this.ttl.compareTo(this.retention) > 0) {
			return "a time to live of " + this.ttl + " that is above the retention of " + this.retention;
		}
		if (this.mode == Mode.LEASED && this.lease.compareTo(Duration.ofMillis(100)) < 0) {
			return "a lease of " + this.lease + ", which is too short to be renewed in time";
		}
		return null;
	}

	boolean remembers(Throwable failure) {
		return this.rememberExceptions.stream().anyMatch((type) -> type.isInstance(failure));
	}

}
