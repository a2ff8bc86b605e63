package io.github.resiliencestarter.idempotency;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Threads that call.
 */
final class Callers implements AutoCloseable {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	<T> Future<T> call(Callable<T> call) {
		return this.threads.submit(call);
	}

	<T> List<Future<T>> call(int times, Callable<T> call) {
		List<Future<T>> calls = new ArrayList<>();
		for (int count = 0; count < times; count++) {
			calls.add(call(call));
		}
		return calls;
	}

	static <T> T get(Future<T> call) throws Exception {
		return call.get(2, TimeUnit.MINUTES);
	}

	@Override
	public void close() {
		this.threads.shutdownNow();
	}

}
