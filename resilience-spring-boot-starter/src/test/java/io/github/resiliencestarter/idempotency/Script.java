package io.github.resiliencestarter.idempotency;

import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a test makes happen inside the method, after its effect.
 */
class Script {

	final AtomicInteger runs = new AtomicInteger();

	volatile Callable<Void> next = () -> null;

	void play() throws Exception {
		this.runs.incrementAndGet();
		this.next.call();
	}

	int runs() {
		return this.runs.get();
	}

}
