package io.github.resiliencestarter.idempotency;

import io.github.resiliencestarter.idempotency.Idempotent.Mode;

/**
 * What has come of an operation's calls on this instance since it started.
 *
 * @param name the operation's name
 * @param mode where the effect happens
 * @param executed first calls whose reply was recorded
 * @param replayed duplicates that got the first reply
 * @param conflicts duplicates that were refused because the first call still ran
 * @param mismatches calls that were refused because the key was used for another call
 * @param failed first calls that ended without anything recorded
 * @param guarantee what the operation guarantees, and why
 */
public record IdempotencySnapshot(String name, Mode mode, long executed, long replayed, long conflicts, long mismatches,
		long failed, String guarantee) {
}
