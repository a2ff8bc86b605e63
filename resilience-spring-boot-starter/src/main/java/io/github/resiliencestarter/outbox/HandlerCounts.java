package io.github.resiliencestarter.outbox;

/**
 * What became of a handler's deliveries on this instance since it started.
 *
 * @param delivered messages delivered
 * @param failed attempts that ended with an exception or a time-out
 * @param retried messages that were put off to be delivered again
 * @param dead messages given up
 */
public record HandlerCounts(long delivered, long failed, long retried, long dead) {

}
