package io.github.resiliencestarter.guard;

import java.util.concurrent.TimeUnit;

/**
 * Time within one process: never negative, never goes back, knows nothing of dates. All
 * durations of the guards are measured with it, so steps of the wall clock change
 * nothing; tests put a clock of their own in its place.
 */
public interface MonotonicClock {

	/**
	 * Return the nanoseconds since some moment before the first call.
	 * @return the time, zero or more
	 */
	long nanoTime();

	/**
	 * Let the calling thread wait.
	 * @param nanos how long, in nanoseconds
	 * @throws InterruptedException if the thread is interrupted before or while waiting
	 */
	void sleep(long nanos) throws InterruptedException;

	/**
	 * Return the clock of this process.
	 * @return the clock
	 */
	static MonotonicClock system() {
		return SystemClock.INSTANCE;
	}

	/**
	 * {@link System#nanoTime()}, moved to begin at zero.
	 */
	enum SystemClock implements MonotonicClock {

		INSTANCE;

		private static final long ORIGIN = System.nanoTime();

		@Override
		public long nanoTime() {
			return System.nanoTime() - ORIGIN;
		}

		@Override
		public void sleep(long nanos) throws InterruptedException {
			TimeUnit.NANOSECONDS.sleep(nanos);
		}

	}

}
