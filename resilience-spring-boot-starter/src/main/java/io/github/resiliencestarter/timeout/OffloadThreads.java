package io.github.resiliencestarter.timeout;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Where methods of mode {@code OFFLOAD} run: a virtual thread each, or a bounded pool
 * that hands over to a free thread or refuses, and never lets a call wait for one.
 */
final class OffloadThreads implements AutoCloseable {

	private static final String NAME_PREFIX = "resilience-offload-";

	private static final long KEEP_ALIVE_SECONDS = 10;

	private final Executor executor;

	private final Runnable shutDown;

	private final UnaryOperator<Runnable> withContext;

	private final int maxLeftBehind;

	private OffloadThreads(Executor executor, Runnable shutDown, UnaryOperator<Runnable> withContext,
			int maxLeftBehind) {
		this.executor = executor;
		this.shutDown = shutDown;
		this.withContext = withContext;
		this.maxLeftBehind = maxLeftBehind;
	}

	static OffloadThreads pooled(int maxThreads, UnaryOperator<Runnable> withContext, int maxLeftBehind) {
		CustomizableThreadFactory factory = new CustomizableThreadFactory(NAME_PREFIX);
		factory.setDaemon(true);
		ThreadPoolExecutor pool = new ThreadPoolExecutor(0, maxThreads, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS,
				new SynchronousQueue<>(), factory);
		return new OffloadThreads(pool, pool::shutdownNow, withContext, maxLeftBehind);
	}

	static OffloadThreads virtual(UnaryOperator<Runnable> withContext, int maxLeftBehind) {
		SimpleAsyncTaskExecutor threads = new SimpleAsyncTaskExecutor(NAME_PREFIX);
		threads.setVirtualThreads(true);
		threads.setCancelRemainingTasksOnClose(true);
		return new OffloadThreads(threads, threads::close, withContext, maxLeftBehind);
	}

	int maxLeftBehind() {
		return this.maxLeftBehind;
	}

	/**
	 * Run something on a thread of its own, with the caller's context.
	 * @param task what is run
	 * @throws RejectedExecutionException if no thread is free
	 */
	void execute(Runnable task) {
		this.executor.execute(this.withContext.apply(task));
	}

	@Override
	public void close() {
		this.shutDown.run();
	}

}
