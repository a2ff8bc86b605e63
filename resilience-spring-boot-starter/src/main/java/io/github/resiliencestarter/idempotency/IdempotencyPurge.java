package io.github.resiliencestarter.idempotency;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

/**
 * Removes what is past, a little at a time, for as long as the application runs.
 * Instances begin at random moments, so that they do not all purge at once.
 */
final class IdempotencyPurge implements SmartLifecycle {

	private static final Log logger = LogFactory.getLog(IdempotencyPurge.class);

	private static final int BATCH = 200;

	private static final int MOST_BATCHES = 100;

	private final IdempotencyStore store;

	private final Duration interval;

	private volatile @Nullable ScheduledExecutorService executor;

	IdempotencyPurge(IdempotencyStore store, Duration interval) {
		this.store = store;
		this.interval = interval;
	}

	@Override
	public void start() {
		if (this.interval.isZero()) {
			return;
		}
		ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, "resilience-idempotency-purge");
			thread.setDaemon(true);
			return thread;
		});
		long period = this.interval.toMillis();
		started.scheduleWithFixedDelay(this::purge, ThreadLocalRandom.current().nextLong(period + 1), period,
				TimeUnit.MILLISECONDS);
		this.executor = started;
	}

	void purge() {
		try {
			int batches = 0;
			while (this.store.purge(BATCH) == BATCH && ++batches < MOST_BATCHES && isRunning()) {
				Thread.yield();
			}
		}
		catch (RuntimeException ex) {
			logger.warn("What is past of the idempotent calls could not be purged. Next try in " + this.interval, ex);
		}
	}

	@Override
	public void stop() {
		ScheduledExecutorService started = this.executor;
		this.executor = null;
		if (started != null) {
			started.shutdownNow();
		}
	}

	@Override
	public boolean isRunning() {
		return this.executor != null;
	}

}
