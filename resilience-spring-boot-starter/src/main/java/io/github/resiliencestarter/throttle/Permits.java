package io.github.resiliencestarter.throttle;

import org.jspecify.annotations.Nullable;

/**
 * Where the permits of a rate come from. Thread-safe.
 */
interface Permits {

	/**
	 * Take a permit.
	 * @param key whose permit, {@code null} if all share one limit
	 * @param limit the limit as it is now
	 * @param now the moment
	 * @param longestWait how many nanoseconds the caller would wait for it
	 * @return how long the caller has to wait before it uses the permit, zero for not at
	 * all; if no permit was taken, the wait that would have been necessary, negated
	 */
	long take(@Nullable Object key, RateLimit limit, long now, long longestWait);

	/**
	 * Give a permit back that was not used.
	 * @param key whose permit
	 * @param limit the limit as it is now
	 * @param takenAt when it was taken
	 * @param wait what {@link #take} returned then
	 * @param now the moment
	 */
	void giveBack(@Nullable Object key, RateLimit limit, long takenAt, long wait, long now);

	/**
	 * Describe the permits of a key, for a call that is refused for another reason.
	 * @param key whose permits
	 * @param limit the limit as it is now
	 * @param now the moment
	 * @return the description, or {@code null} if it is not known without asking the
	 * database
	 */
	ThrottledException.@Nullable Quota quota(@Nullable Object key, RateLimit limit, long now);

	/**
	 * Return how many keys are known.
	 * @return the number, or {@code null} if there are no keys, or nobody knows
	 */
	default @Nullable Long keys() {
		return null;
	}

}
