package io.github.resiliencestarter.outbox;

/**
 * The right to deliver the messages of a shard. Every change of hands raises the epoch,
 * so whoever acts with an old one is recognised and can change nothing.
 *
 * @param shard the shard
 * @param epoch how often the shard has changed hands
 */
public record ShardLease(int shard, long epoch) {

}
