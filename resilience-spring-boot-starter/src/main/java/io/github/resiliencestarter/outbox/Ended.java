package io.github.resiliencestarter.outbox;

/**
 * A delivery that has ended and is not yet settled in the store.
 */
record Ended(Entry entry, Outcome outcome) {

}
