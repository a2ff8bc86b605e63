package io.github.resiliencestarter.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * The same work many times over, on several threads.
 */
public final class Work {

	private Work() {
	}

	/**
	 * Do it and measure.
	 * @param threads on how many threads
	 * @param times how often in all
	 * @param work is told a number from zero on, each once
	 * @return how often a second
	 */
	public static double rate(int threads, int times, IntConsumer work) {
		AtomicInteger next = new AtomicInteger();
		ExecutorService workers = Executors.newFixedThreadPool(threads);
		try {
			long start = System.nanoTime();
			List<Future<?>> running = new ArrayList<>();
			for (int i = 0; i < threads; i++) {
				running.add(workers.submit(() -> {
					for (int number = next.getAndIncrement(); number < times; number = next.getAndIncrement()) {
						work.accept(number);
					}
				}));
			}
			for (Future<?> each : running) {
				each.get();
			}
			return times * 1e9 / (System.nanoTime() - start);
		}
		catch (InterruptedException | ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
		finally {
			workers.shutdownNow();
		}
	}

	/**
	 * Return the middle one.
	 * @param values in any order
	 * @return their median, the upper one of two
	 */
	public static double median(double... values) {
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		return sorted[sorted.length / 2];
	}

}
