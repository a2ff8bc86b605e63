package io.github.resiliencestarter.outbox;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The state of a shard's lease.
 *
 * @param shard the shard
 * @param owner the instance that owns it, or {@code null}
 * @param epoch how often the shard has changed hands
 * @param expiresIn how long the lease still lasts, or {@code null} if nobody holds it
 */
public record LeaseState(int shard, @Nullable String owner, long epoch, @Nullable Duration expiresIn) {

}
