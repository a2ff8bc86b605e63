package io.github.resiliencestarter.throttle;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

import io.github.bucket4j.BucketConfiguration;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;

/**
 * The database below the throttles of scope CLUSTER.
 * <p>
 * It is asked on threads of its own: outside the caller's transaction, and with an end to
 * the caller's wait that no connection pool and no lock can move. After a failure nobody
 * asks for a second, then one call tries: while the database is down, calls do not queue
 * up before it.
 */
final class BucketStore implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(BucketStore.class);

	/** As few connections as that are taken from the application's pool. */
	private static final int THREADS = 4;

	private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);

	private static final int PURGE_BATCH = 500;

	private final ResilienceDatabase database;

	private final MonotonicClock clock;

	private final long timeout;

	private final JdbcTemplate jdbc;

	private final TransactionTemplate transaction;

	private final ThreadPoolExecutor workers;

	private final ScheduledThreadPoolExecutor purger;

	/** Nobody asks before that moment; zero while the database answers. */
	private final AtomicLong askAgainAt = new AtomicLong();

	BucketStore(ResilienceDatabase database, ThrottleProperties.Store properties, MonotonicClock clock) {
		this.database = database;
		this.clock = clock;
		this.timeout = properties.timeout().toNanos();
		this.jdbc = new JdbcTemplate(database.dataSource());
		this.jdbc.setQueryTimeout((int) Math.max(1, properties.timeout().plusMillis(999).toSeconds()));
		this.transaction = new TransactionTemplate(new JdbcTransactionManager(database.dataSource()));
		this.transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
		this.workers = new ThreadPoolExecutor(THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
				threads("resilience-throttle-"));
		this.workers.allowCoreThreadTimeOut(true);
		this.purger = new ScheduledThreadPoolExecutor(1, threads("resilience-throttle-purge-"));
		long interval = properties.purgeInterval().toMillis();
		this.purger.scheduleWithFixedDelay(this::purgeQuietly, interval, interval, TimeUnit.MILLISECONDS);
	}

	private static ThreadFactory threads(String prefix) {
		CustomizableThreadFactory threads = new CustomizableThreadFactory(prefix);
		threads.setDaemon(true);
		return threads;
	}

	BucketTable table(BucketConfiguration configuration) {
		return new BucketTable(configuration, this.database, this.jdbc, this.transaction);
	}

	/**
	 * Ask the database.
	 * @param <T> the type of the answer
	 * @param question asks
	 * @return the answer, or {@code null} if there was none in time
	 */
	<T> @Nullable T ask(Callable<T> question) {
		long now = this.clock.nanoTime();
		if (!mayAsk(now)) {
			return null;
		}
		long patience = Math.min(this.timeout, TimeBudget.ofThread().remaining(now));
		Future<T> answer = null;
		try {
			answer = this.workers.submit(question);
			T answered = answer.get(Math.max(0, patience), TimeUnit.NANOSECONDS);
			answered();
			return answered;
		}
		catch (InterruptedException ex) {
			answer.cancel(true);
			Thread.currentThread().interrupt();
			return null;
		}
		catch (TimeoutException ex) {
			answer.cancel(true);
			if (patience == this.timeout) {
				failed(ex);
			}
			return null;
		}
		catch (ExecutionException | RejectedExecutionException ex) {
			failed(ex);
			return null;
		}
	}

	/**
	 * Tell the database something, without waiting.
	 * @param message tells
	 */
	void tell(Runnable message) {
		if (this.askAgainAt.get() == 0) {
			this.workers.execute(message);
		}
	}

	private boolean mayAsk(long now) {
		long moment = this.askAgainAt.get();
		return moment == 0 || (now >= moment && this.askAgainAt.compareAndSet(moment, now + PAUSE));
	}

	private void answered() {
		if (this.askAgainAt.get() != 0 && this.askAgainAt.getAndSet(0) != 0) {
			logger.info("The database of throttles of scope CLUSTER answers again");
		}
	}

	private void failed(Exception ex) {
		if (this.askAgainAt.getAndSet(this.clock.nanoTime() + PAUSE) == 0) {
			logger.warn("The database of throttles of scope CLUSTER does not answer: "
					+ "until it does, resilience.throttle.*.on-store-failure decides", ex);
		}
	}

	private void purgeQuietly() {
		try {
			purge();
		}
		catch (RuntimeException ex) {
			logger.debug("Expired rows of throttles stay for now", ex);
		}
	}

	/**
	 * Remove the rows of buckets that are full: a missing row says the same.
	 */
	void purge() {
		Long now = this.jdbc.queryForObject(this.database.sql("SELECT {now}"), Long.class);
		while (purgeBatch(now) == PURGE_BATCH) {
			logger.trace("Removed a batch of expired rows");
		}
	}

	private int purgeBatch(@Nullable Long now) {
		return this.transaction
			.execute((status) -> this.jdbc.update(this.database.sql(purgeStatement()), now, PURGE_BATCH));
	}

	private String purgeStatement() {
		return this.database.dialect().isMySqlFamily() ? "DELETE FROM resilience_throttle WHERE expires_at < ? LIMIT ?"
				: """
						DELETE FROM resilience_throttle WHERE id IN (SELECT id FROM resilience_throttle
						WHERE expires_at < ? LIMIT ? FOR UPDATE SKIP LOCKED)""";
	}

	@Override
	public void close() {
		for (ThreadPoolExecutor executor : List.of(this.purger, this.workers)) {
			executor.shutdownNow();
		}
	}

}
