package io.github.resiliencestarter.guard;

import org.jspecify.annotations.Nullable;

/**
 * The one statement of how guards nest, outermost first. It is the same for every method,
 * whatever other aspects exist.
 */
public enum GuardOrder {

	/** Answers for everything inside it. */
	FALLBACK("fallback"),

	/** Refuses calls whose caller has no time left; on every guarded method. */
	DEADLINE(null),

	/** Limits the whole call, retries and waits included. */
	TIMEOUT("timeout"),

	/** Everything inside it is one attempt. */
	RETRY("retry"),

	/** Sees each attempt as one sample. */
	CIRCUIT_BREAKER("circuit-breaker"),

	/** Takes one permit for each attempt. */
	THROTTLE("throttle"),

	/** Limits each attempt. */
	ATTEMPT_TIMEOUT("attempt-timeout"),

	/** Owns the transaction in which key, effect and reply commit together. */
	IDEMPOTENCY("idempotency"),

	/** The application's own transaction. Listed only: it is no guard of ours. */
	TRANSACTION("transaction");

	private final @Nullable String label;

	GuardOrder(@Nullable String label) {
		this.label = label;
	}

	/**
	 * Return the name under which actuator lists the guard.
	 * @return the name, or {@code null} for what every guarded method has and no list
	 * needs to repeat
	 */
	public @Nullable String label() {
		return this.label;
	}

	boolean isOnEveryGuardedMethod() {
		return this == DEADLINE;
	}

}
