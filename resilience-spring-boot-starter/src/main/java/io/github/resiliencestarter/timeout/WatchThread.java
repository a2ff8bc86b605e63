package io.github.resiliencestarter.timeout;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.MonotonicClock;

/**
 * The one thread that keeps watch for an application context. It begins with the first
 * call that has a limit, parks while none is in flight, and ends with the context.
 */
final class WatchThread implements AutoCloseable {

	/** However many moments come close together, there is one scan in this time. */
	private static final long RESOLUTION = TimeUnit.MILLISECONDS.toNanos(1);

	private static final long PATIENCE = TimeUnit.SECONDS.toMillis(10);

	private final MonotonicClock clock;

	private final Watch watch;

	private final Object lifecycle = new Object();

	private @Nullable Thread thread;

	private volatile boolean closed;

	WatchThread(MonotonicClock clock, Executor executor) {
		this.clock = clock;
		this.watch = new Watch(clock, executor, this::wake);
	}

	Watch watch() {
		return this.watch;
	}

	private void wake() {
		synchronized (this.lifecycle) {
			if (this.thread == null && !this.closed) {
				this.thread = start();
			}
			LockSupport.unpark(this.thread);
		}
	}

	private Thread start() {
		Thread started = new Thread(null, this::keepWatch, "resilience-timeout-watch", 0, false);
		started.setDaemon(true);
		started.setContextClassLoader(WatchThread.class.getClassLoader());
		started.start();
		return started;
	}

	private void keepWatch() {
		while (!this.closed) {
			long next = this.watch.scan();
			if (next == Watch.NEVER) {
				LockSupport.park(this);
			}
			else {
				LockSupport.parkNanos(this, Math.max(RESOLUTION, next - this.clock.nanoTime()));
			}
		}
	}

	@Override
	public void close() {
		Thread ending;
		synchronized (this.lifecycle) {
			this.closed = true;
			ending = this.thread;
			LockSupport.unpark(ending);
		}
		if (ending != null) {
			awaitEnd(ending);
		}
	}

	private static void awaitEnd(Thread ending) {
		try {
			ending.join(PATIENCE);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
