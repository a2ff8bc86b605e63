package io.github.resiliencestarter.circuitbreaker;

import java.util.concurrent.atomic.LongAdder;

/**
 * How many calls ended how, since the start. Thread-safe.
 */
final class CallCounts {

	private final LongAdder succeeded = new LongAdder();

	private final LongAdder failed = new LongAdder();

	private final LongAdder ignored = new LongAdder();

	private final LongAdder notPermitted = new LongAdder();

	void count(boolean failed) {
		(failed ? this.failed : this.succeeded).increment();
	}

	void succeeded(long count) {
		this.succeeded.add(count);
	}

	void ignored() {
		this.ignored.increment();
	}

	void notPermitted() {
		this.notPermitted.increment();
	}

	CircuitBreakerCalls read() {
		return new CircuitBreakerCalls(this.succeeded.sum(), this.failed.sum(), this.ignored.sum(),
				this.notPermitted.sum());
	}

}
