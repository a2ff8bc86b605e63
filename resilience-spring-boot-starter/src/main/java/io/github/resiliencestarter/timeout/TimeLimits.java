package io.github.resiliencestarter.timeout;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.GuardDeclaration;

/**
 * The limits of one name, checked.
 *
 * @param value the limit of the whole call, or {@code null} for none
 * @param attempt the limit of each attempt, or {@code null} for none
 * @param mode what happens at the limit
 */
record TimeLimits(@Nullable Duration value, @Nullable Duration attempt, Timeout.Mode mode) {

	/** About 146 years. */
	private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 2);

	static TimeLimits of(TimeoutSettings settings, GuardDeclaration declaration) {
		requirePositive("value", settings.value(), declaration);
		requirePositive("attempt", settings.attempt(), declaration);
		Duration value = settings.value();
		Duration attempt = settings.attempt();
		if (value != null && attempt != null && value.compareTo(attempt) < 0) {
			throw declaration.invalid(
					"has a time-out whose value, " + TimeText.of(value)
							+ " for the whole call, is shorter than its attempt, " + TimeText.of(attempt),
					"Make value at least as long as attempt.");
		}
		return new TimeLimits(value, attempt, (settings.mode() != null) ? settings.mode() : Timeout.Mode.INTERRUPT);
	}

	private static void requirePositive(String attribute, @Nullable Duration limit, GuardDeclaration declaration) {
		if (limit != null && (limit.isZero() || limit.isNegative())) {
			throw declaration.invalid("has a time-out whose " + attribute + " is " + TimeText.of(limit),
					"Use a duration above zero, or leave it out for no limit.");
		}
	}

	/**
	 * Return a limit such that no moment overflows by adding it.
	 * @param limit the limit, or {@code null} for none
	 * @return the nanoseconds
	 */
	static long nanos(@Nullable Duration limit) {
		return (limit != null && limit.compareTo(LONGEST) < 0) ? limit.toNanos() : LONGEST.toNanos();
	}

	/**
	 * Return the limit of a call that is one attempt.
	 * @return the limit, or {@code null} for none
	 */
	@Nullable Duration ofSingleAttempt() {
		return (this.attempt != null) ? this.attempt : this.value;
	}

	boolean isNone() {
		return this.value == null && this.attempt == null;
	}

}
