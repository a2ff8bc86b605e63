package io.github.resiliencestarter.retry;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts of one retried method. The calls that fill the method's budget are counted apart
 * from those that a surrounding call has brought there already.
 */
final class RetryCounts {

	/** First attempt succeeded, fills the budget: the only count on the fast path. */
	final LongAdder succeeded = new LongAdder();

	/** First attempt succeeded, counted elsewhere as one that fills the budget. */
	final LongAdder succeededUnfilled = new LongAdder();

	/** Fills the budget, however the call ends. */
	final LongAdder filled = new LongAdder();

	final LongAdder succeededWithRetry = new LongAdder();

	final LongAdder failedWithRetry = new LongAdder();

	final LongAdder budgetExhausted = new LongAdder();

	RetrySnapshot snapshot(String name) {
		return new RetrySnapshot(name, this.succeeded.sum() + this.succeededUnfilled.sum(),
				this.succeededWithRetry.sum(), this.failedWithRetry.sum(), this.budgetExhausted.sum());
	}

}
