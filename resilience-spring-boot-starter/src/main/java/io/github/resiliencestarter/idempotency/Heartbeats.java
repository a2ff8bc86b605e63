package io.github.resiliencestarter.idempotency;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Signs of life of the leased calls that run in this process: three in the time of a
 * lease, so that two may be lost.
 */
final class Heartbeats implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(Heartbeats.class);

	private final IdempotencyStore store;

	private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "resilience-idempotency-leases");
		thread.setDaemon(true);
		return thread;
	});

	Heartbeats(IdempotencyStore store) {
		this.store = store;
	}

	/**
	 * Begin to give signs of life.
	 * @param id the key
	 * @param token the owner's token
	 * @param lease how long the owner may be silent
	 * @return ends them when cancelled
	 */
	Future<?> start(IdempotencyId id, long token, Duration lease) {
		long period = lease.toMillis() / 3;
		return this.executor.scheduleWithFixedDelay(() -> beat(id, token, lease), period, period,
				TimeUnit.MILLISECONDS);
	}

	private void beat(IdempotencyId id, long token, Duration lease) {
		try {
			if (!this.store.renew(id, token, lease)) {
				logger.warn("The lease of idempotent call " + id + " was lost to another owner");
			}
		}
		catch (RuntimeException ex) {
			logger.warn("The lease of idempotent call " + id + " could not be renewed", ex);
		}
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

}
