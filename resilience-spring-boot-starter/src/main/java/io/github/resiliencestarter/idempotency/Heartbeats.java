package io.github.resiliencestarter.idempotency;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Signs of life of the leased calls that run in this process: three in the time of a
 * lease, so that two may be lost. One that the database keeps waiting, for example
 * because somebody has locked its row, holds up none but those of its own lease.
 */
final class Heartbeats implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(Heartbeats.class);

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(threads("timer"));

	private final ExecutorService beats = Executors.newCachedThreadPool(threads("beat"));

	private static CustomizableThreadFactory threads(String name) {
		CustomizableThreadFactory threads = new CustomizableThreadFactory("resilience-idempotency-lease-" + name + "-");
		threads.setDaemon(true);
		return threads;
	}

	/**
	 * Begin to give signs of life.
	 * @param lease the lease; one that was granted late gets its first sign at once
	 * @return ends them when cancelled
	 */
	Future<?> start(HeldLease lease) {
		long period = lease.length().toMillis() / 3;
		long first = Math.max(0, lease.remaining().toMillis() - 2 * period);
		AtomicBoolean underWay = new AtomicBoolean();
		return this.timer.scheduleAtFixedRate(() -> {
			if (underWay.compareAndSet(false, true)) {
				this.beats.execute(() -> beat(lease, underWay));
			}
		}, first, period, TimeUnit.MILLISECONDS);
	}

	private static void beat(HeldLease lease, AtomicBoolean underWay) {
		try {
			beat(lease);
		}
		finally {
			underWay.set(false);
		}
	}

	private static void beat(HeldLease lease) {
		try {
			if (!lease.renew() && !lease.isSettling()) {
				logger.warn("The lease of idempotent call " + lease.id() + " was lost to another owner");
			}
		}
		catch (RuntimeException ex) {
			logger.warn("The lease of idempotent call " + lease.id() + " could not be renewed and "
					+ (lease.isOver() ? "is over: another call with its key may run"
							: "is over in " + lease.remaining().toMillis() + " ms"),
					ex);
		}
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
		this.beats.shutdownNow();
	}

}
