package io.github.resiliencestarter.idempotency;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.DeclaredGuard;
import io.github.resiliencestarter.idempotency.Idempotent.Mode;
import io.github.resiliencestarter.idempotency.Idempotent.OnConcurrent;

/**
 * How one operation behaves, in every place where that can be said; {@code null} is not
 * said here.
 *
 * @param key SpEL expression that yields the key
 * @param mode where the effect happens
 * @param ttl how long a reply can be replayed
 * @param retention how long a duplicate is still recognised, at least the time to live
 * @param onConcurrent what a duplicate does while the first call still runs
 * @param maxWait how long a waiting duplicate waits for the first call
 * @param lease how long an owner that gives no sign of life keeps the key (mode LEASED)
 * @param fingerprint SpEL expression that tells whether two calls are the same call
 * @param rememberExceptions final failures, recorded and replayed
 * @param propagateKey whether outgoing RestClient calls carry an idempotency key derived
 * from the call's own
 */
record IdempotencySettings(@Nullable String key, @Nullable Mode mode, @Nullable Duration ttl,
		@Nullable Duration retention, @Nullable OnConcurrent onConcurrent, @Nullable Duration maxWait,
		@Nullable Duration lease, @Nullable String fingerprint,
		@Nullable List<Class<? extends Throwable>> rememberExceptions, @Nullable Boolean propagateKey) {

	static final IdempotencySettings NONE = new IdempotencySettings(null, null, null, null, null, null, null, null,
			null, null);

	static final IdempotencySettings BUILT_IN = new IdempotencySettings("", Mode.TRANSACTIONAL, Duration.ofHours(24),
			Duration.ofDays(7), OnConcurrent.WAIT, Duration.ofSeconds(5), Duration.ofSeconds(30), "", List.of(), false);

	static IdempotencySettings of(DeclaredGuard<Idempotent> declared) {
		Idempotent annotation = declared.annotation();
		Class<? extends Throwable>[] remembered = annotation.rememberExceptions();
		return new IdempotencySettings(declared.text("key"),
				(annotation.mode() != Mode.TRANSACTIONAL) ? annotation.mode() : null, declared.duration("ttl"),
				declared.duration("retention"),
				(annotation.onConcurrent() != OnConcurrent.WAIT) ? annotation.onConcurrent() : null,
				declared.duration("maxWait"), declared.duration("lease"), declared.text("fingerprint"),
				(remembered.length > 0) ? List.of(remembered) : null, annotation.propagateKey() ? true : null);
	}

	IdempotencySettings orElse(IdempotencySettings other) {
		return new IdempotencySettings(first(this.key, other.key), first(this.mode, other.mode),
				first(this.ttl, other.ttl), first(this.retention, other.retention),
				first(this.onConcurrent, other.onConcurrent), first(this.maxWait, other.maxWait),
				first(this.lease, other.lease), first(this.fingerprint, other.fingerprint),
				first(this.rememberExceptions, other.rememberExceptions), first(this.propagateKey, other.propagateKey));
	}

	private static <T> @Nullable T first(@Nullable T mine, @Nullable T other) {
		return (mine != null) ? mine : other;
	}

}
