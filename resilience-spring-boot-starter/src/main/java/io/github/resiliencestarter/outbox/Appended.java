package io.github.resiliencestarter.outbox;

/**
 * What the store gave to a new message.
 *
 * @param id its order within its shard
 * @param publishedAt when it was published, in milliseconds of the database's clock
 */
public record Appended(long id, long publishedAt) {

}
