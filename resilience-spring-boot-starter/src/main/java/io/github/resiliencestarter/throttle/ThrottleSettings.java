package io.github.resiliencestarter.throttle;

import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.DeclaredGuard;

/**
 * What an annotation, or one set of properties, says about a throttle; {@code null} where
 * it says nothing.
 *
 * @param rate permits for a time, such as 100/s, 5/10s or 1000/1h; not limited by default
 * @param burst permits that may be used at once after a quiet time; by default as many as
 * the rate has
 * @param concurrency calls in flight at once; not limited by default
 * @param maxWait longest wait for a permit or a slot; 0, the default, refuses at once
 * @param key SpEL expression over the method's parameters; each value has a limit of its
 * own. For a throttle in names it is any text: programs give the value themselves
 * @param scope whether each instance of the application has a limit of its own (instance,
 * the default) or all share one (cluster)
 * @param mode whether calls beyond the limits are refused (on, the default), only counted
 * (shadow), or not looked at (off)
 * @param maxKeys number of keys that are kept, 100000 by default; those used least are
 * dropped beyond it
 * @param onStoreFailure what happens in scope cluster while the database does not answer:
 * limit-locally (the default), allow or reject
 */
record ThrottleSettings(@Nullable Rate rate, @Nullable Long burst, @Nullable Integer concurrency,
		@Nullable Duration maxWait, @Nullable String key, Throttled.@Nullable Scope scope, @Nullable ThrottleMode mode,
		@Nullable Integer maxKeys, @Nullable OnStoreFailure onStoreFailure) {

	static final ThrottleSettings NONE = new ThrottleSettings(null, null, null, null, null, null, null, null, null);

	ThrottleSettings {
		atLeastOne("burst", burst);
		atLeastOne("concurrency", concurrency);
		atLeastOne("max-keys", maxKeys);
		if (maxWait != null && maxWait.isNegative()) {
			throw new IllegalArgumentException("max-wait must not be negative, but is " + maxWait);
		}
	}

	private static void atLeastOne(String property, @Nullable Number value) {
		if (value != null && value.longValue() < 1) {
			throw new IllegalArgumentException(property + " must be at least 1, but is " + value);
		}
	}

	static ThrottleSettings of(DeclaredGuard<Throttled> declared) {
		boolean waits = !"0".equals(declared.text("maxWait"));
		Integer burst = declared.count("burst");
		Throttled.Scope scope = declared.annotation().scope();
		return new ThrottleSettings(declared.parsed("rate", Rate::valueOf, Rate.REMEDY),
				(burst != null) ? burst.longValue() : null, declared.count("concurrency"),
				waits ? declared.duration("maxWait") : null, declared.text("key"),
				(scope != Throttled.Scope.INSTANCE) ? scope : null, null, null, null);
	}

	ThrottleSettings orElse(ThrottleSettings other) {
		return new ThrottleSettings(first(this.rate, other.rate), first(this.burst, other.burst),
				first(this.concurrency, other.concurrency), first(this.maxWait, other.maxWait),
				first(this.key, other.key), first(this.scope, other.scope), first(this.mode, other.mode),
				first(this.maxKeys, other.maxKeys), first(this.onStoreFailure, other.onStoreFailure));
	}

	private static <T> @Nullable T first(@Nullable T one, @Nullable T other) {
		return (one != null) ? one : other;
	}

	Duration waitOrDefault() {
		return Optional.ofNullable(this.maxWait).orElse(Duration.ZERO);
	}

	boolean waits() {
		return modeOrDefault() == ThrottleMode.ON && !waitOrDefault().isZero();
	}

	ThrottleMode modeOrDefault() {
		return Optional.ofNullable(this.mode).orElse(ThrottleMode.ON);
	}

	int maxKeysOrDefault() {
		return Optional.ofNullable(this.maxKeys).orElse(100_000);
	}

	OnStoreFailure onStoreFailureOrDefault() {
		return Optional.ofNullable(this.onStoreFailure).orElse(OnStoreFailure.LIMIT_LOCALLY);
	}

	boolean isCluster() {
		return this.scope == Throttled.Scope.CLUSTER;
	}

	boolean limitsNothing() {
		return this.rate == null && this.concurrency == null;
	}

}
