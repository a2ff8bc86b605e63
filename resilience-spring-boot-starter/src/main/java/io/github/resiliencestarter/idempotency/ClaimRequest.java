package io.github.resiliencestarter.idempotency;

import java.time.Duration;

/**
 * Asks for a key.
 *
 * @param id the key
 * @param fingerprint the call's fingerprint
 * @param owner a random number that stands for this call
 * @param ttl how long the reply can be replayed
 * @param retention how long the key is known
 */
public record ClaimRequest(IdempotencyId id, CallFingerprint fingerprint, long owner, Duration ttl,
		Duration retention) {
}
