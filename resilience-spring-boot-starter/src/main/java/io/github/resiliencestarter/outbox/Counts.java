package io.github.resiliencestarter.outbox;

import java.util.concurrent.atomic.LongAdder;

/**
 * What became of a handler's deliveries on this instance.
 */
final class Counts {

	final LongAdder delivered = new LongAdder();

	final LongAdder failed = new LongAdder();

	final LongAdder retried = new LongAdder();

	final LongAdder dead = new LongAdder();

	HandlerCounts snapshot() {
		return new HandlerCounts(this.delivered.sum(), this.failed.sum(), this.retried.sum(), this.dead.sum());
	}

}
