package io.github.resiliencestarter.timeout;

import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;

import io.github.resiliencestarter.Patience;
import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.MonotonicClock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Real threads, the real clock, and calls that end just when the watch fires.
 */
class StrayInterruptTests {

	private static final int THREADS = 32;

	private static final int CALLS = 3_200;

	private static final int HANGING_CALLS = 200;

	private static final long LIMIT = Duration.ofMillis(1).toNanos() / 4;

	private final MonotonicClock clock = MonotonicClock.system();

	@Test
	void noInterruptArrivesLateAndNoneOfTheCallersIsLost() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(THREADS);
		try (WatchThread watchThread = new WatchThread(this.clock, Runnable::run)) {
			TimeoutInstance instance = new TimeoutInstance("OrderService.place", watchThread.watch());
			TimeoutParts parts = new TimeoutParts(instance, watchThread.watch(), this.clock);
			Callable<Integer> caller = () -> strays(parts);
			var results = threads.invokeAll(Collections.nCopies(THREADS, caller));
			int strays = 0;
			for (Future<Integer> result : results) {
				strays += result.get();
			}
			assertThat(strays).isZero();
			TimeoutSnapshot seen = instance.snapshot();
			// how many of them end in time is up to the machine
			assertThat(seen.success() + seen.timeout()).isEqualTo((long) THREADS * CALLS);
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void everyCallThatHangsIsInterruptedHoweverOftenTheWatchFallsAsleep() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(2);
		try (WatchThread watchThread = new WatchThread(this.clock, Runnable::run)) {
			TimeoutInstance instance = new TimeoutInstance("OrderService.place", watchThread.watch());
			TimeoutParts parts = new TimeoutParts(instance, watchThread.watch(), this.clock);
			TimeoutParts others = new TimeoutParts(new TimeoutInstance("others", watchThread.watch()),
					watchThread.watch(), this.clock);
			Callable<Void> caller = () -> {
				hangNowAndThen(parts, others);
				return null;
			};
			for (Future<Void> result : threads.invokeAll(Collections.nCopies(2, caller), Patience.LIMIT.toSeconds(),
					TimeUnit.SECONDS)) {
				assertThat(result.isCancelled()).as("a call hangs").isFalse();
				result.get();
			}
			assertThat(instance.snapshot().timeout()).isEqualTo(2 * HANGING_CALLS);
		}
		finally {
			threads.shutdownNow();
		}
	}

	// so that moments are published just when the watch stops looking for the last one
	private void hangNowAndThen(TimeoutParts parts, TimeoutParts others) throws Exception {
		Guard hangs = new CallersThreadGuard((call) -> {
			new CountDownLatch(1).await();
			return null;
		}, Duration.ofNanos(LIMIT), true, parts);
		Guard ends = new CallersThreadGuard((call) -> "short", Duration.ofNanos(LIMIT), true, others);
		for (int i = 0; i < HANGING_CALLS; i++) {
			for (int shortCalls = ThreadLocalRandom.current().nextInt(10_000); shortCalls > 0; shortCalls--) {
				try {
					TimeoutFixture.call(ends);
				}
				catch (CallTimeoutException ex) {
					// its thread was not running for so long
				}
			}
			assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(() -> TimeoutFixture.call(hangs));
		}
	}

	private int strays(TimeoutParts parts) throws Exception {
		Guard guard = new CallersThreadGuard((call) -> endNearTheLimit(), Duration.ofNanos(LIMIT), true, parts);
		int strays = 0;
		for (int i = 0; i < CALLS; i++) {
			boolean interruptedByOthers = i % 16 == 0;
			if (interruptedByOthers) {
				Thread.currentThread().interrupt();
			}
			try {
				TimeoutFixture.call(guard);
			}
			catch (CallTimeoutException ex) {
				// as expected every now and then
			}
			if (Thread.interrupted() != interruptedByOthers) {
				strays++;
			}
		}
		return strays;
	}

	private Object endNearTheLimit() {
		long jitter = ThreadLocalRandom.current().nextLong(-LIMIT / 2, LIMIT);
		long end = this.clock.nanoTime() + LIMIT + jitter;
		for (long left = end - this.clock.nanoTime(); left > 0; left = end - this.clock.nanoTime()) {
			if (Thread.currentThread().isInterrupted()) {
				break;
			}
			LockSupport.parkNanos(left);
		}
		return end;
	}

}
