package io.github.resiliencestarter.guard;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that tests turn. Sleeping turns it too.
 */
public final class VirtualClock implements MonotonicClock {

	private final AtomicLong now = new AtomicLong();

	@Override
	public long nanoTime() {
		return this.now.get();
	}

	@Override
	public void sleep(long nanos) throws InterruptedException {
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
		this.now.addAndGet(nanos);
	}

	public void advance(Duration duration) {
		this.now.addAndGet(duration.toNanos());
	}

}
