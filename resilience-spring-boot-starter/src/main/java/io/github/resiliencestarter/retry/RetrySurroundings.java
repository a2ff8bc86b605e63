package io.github.resiliencestarter.retry;

import java.util.function.BooleanSupplier;

import io.github.resiliencestarter.guard.MonotonicClock;

/**
 * What retries look at around them.
 *
 * @param clock the clock that waits are measured with
 * @param hint how long failures ask to stay away
 * @param inTransaction whether a transaction is open on the current thread
 */
record RetrySurroundings(MonotonicClock clock, RetryHint hint, BooleanSupplier inTransaction) {

}
