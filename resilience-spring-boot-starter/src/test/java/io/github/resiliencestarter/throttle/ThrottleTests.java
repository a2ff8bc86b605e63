package io.github.resiliencestarter.throttle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;
import io.github.resiliencestarter.guard.VirtualClock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link Throttle}.
 */
class ThrottleTests {

	private static final Duration LONG = Duration.ofMinutes(10);

	private final ThrottleFixture fixture = new ThrottleFixture();

	private final VirtualClock clock = this.fixture.clock;

	/** Resilience4j parks for its whole time-out and refuses then. */
	@Test
	void aWaitThatIsTooLongIsRefusedAtOnceNotSleptThrough() {
		Throttle throttle = this.fixture.rate("1/60s", Duration.ofSeconds(59));
		throttle.admit(null);
		assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> throttle.admit(null))
			.satisfies((refused) -> assertThat(refused.retryAfter()).contains(Duration.ofSeconds(60)));
		assertThat(this.clock.nanoTime()).isZero();
	}

	@Test
	void aWaitWithinMaxWaitIsWaitedExactly() {
		Throttle throttle = this.fixture.rate("1/60s", Duration.ofSeconds(60));
		throttle.admit(null);
		throttle.admit(null);
		assertThat(this.clock.nanoTime()).isEqualTo(Duration.ofSeconds(60).toNanos());
	}

	/** Resilience4j #2336: the time-out does not bound the queue. */
	@Test
	void theWaitForAPermitIsAddedToTheWaitForASlot() throws Exception {
		Throttle throttle = ThrottleFixture.throttle("1/70s", 1, Duration.ofSeconds(60), this.clock);
		this.clock.advance(LONG);
		Future<Long> second = afterFortySecondsForTheSlot(throttle);
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(second::get)
			.withCauseInstanceOf(ThrottledException.class);
		assertThat(this.clock.nanoTime()).isEqualTo(LONG.plusSeconds(40).toNanos());
		assertThat(throttle.snapshot().inFlight()).isZero();
		assertThat(throttle.snapshot().permitted()).isEqualTo(1);
		assertThat(throttle.snapshot().rejected()).isEqualTo(1);
	}

	@Test
	void whatIsLeftOfMaxWaitAfterTheSlotIsWaitedForThePermit() throws Exception {
		Throttle throttle = ThrottleFixture.throttle("1/50s", 1, Duration.ofSeconds(60), this.clock);
		this.clock.advance(LONG);
		afterFortySecondsForTheSlot(throttle).get();
		assertThat(this.clock.nanoTime()).isEqualTo(LONG.plusSeconds(50).toNanos());
		assertThat(throttle.snapshot().inFlight()).isEqualTo(1);
		assertThat(throttle.snapshot().permitted()).isEqualTo(2);
	}

	private Future<Long> afterFortySecondsForTheSlot(Throttle throttle) {
		throttle.admit(null);
		FutureTask<Long> second = new FutureTask<>(() -> throttle.admit(null));
		Thread caller = new Thread(second);
		caller.start();
		await().until(() -> caller.getState() == Thread.State.TIMED_WAITING);
		this.clock.advance(Duration.ofSeconds(40));
		throttle.leave(null);
		return second;
	}

	@Test
	void aWaitBeyondTheCallersDeadlineIsRefusedAtOnce() {
		Throttle throttle = this.fixture.rate("1/60s", LONG);
		throttle.admit(null);
		TimeBudget budget = TimeBudget.ofThread();
		long previous = budget.shortenTo(Duration.ofSeconds(59).toNanos());
		try {
			assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> throttle.admit(null));
		}
		finally {
			budget.restore(previous);
		}
		assertThat(this.clock.nanoTime()).isZero();
	}

	@Test
	void anInterruptWhileWaitingGivesThePermitBackAndKeepsTheFlag() {
		Throttle throttle = this.fixture.rate("1/60s", Duration.ofSeconds(60));
		throttle.admit(null);
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> throttle.admit(null));
		assertThat(Thread.interrupted()).isTrue();
		throttle.admit(null);
		assertThat(this.clock.nanoTime()).isEqualTo(Duration.ofSeconds(60).toNanos());
	}

	@Test
	void aCallLetInAtOnceReadsTheClockOnce() {
		AtomicInteger reads = new AtomicInteger();
		MonotonicClock counting = new MonotonicClock() {

			@Override
			public long nanoTime() {
				return reads.incrementAndGet();
			}

			@Override
			public void sleep(long nanos) {
				throw new AssertionError("waits");
			}

		};
		Throttle throttle = ThrottleFixture.throttle("10/h", 10, LONG, counting);
		throttle.admit(null);
		throttle.leave(null);
		assertThat(reads).hasValue(1);
	}

	@Test
	void whoIsRefusedAPermitLeavesTheSlot() {
		Throttle throttle = ThrottleFixture.throttle("1/h", 1, Duration.ZERO, this.clock);
		throttle.admit(null);
		throttle.leave(null);
		assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> throttle.admit(null));
		assertThat(throttle.snapshot().inFlight()).isZero();
		assertThat(throttle.snapshot().permitted()).isEqualTo(1);
		assertThat(throttle.snapshot().rejected()).isEqualTo(1);
	}

	@Test
	@Tag("stress")
	void theConcurrencyIsNeverExceededHoweverManyThreadsCall() throws Exception {
		Throttle throttle = this.fixture.concurrency(3, LONG);
		AtomicInteger inFlight = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		inThreads(16, () -> {
			for (int call = 0; call < 2000; call++) {
				throttle.admit("key");
				most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
				inFlight.decrementAndGet();
				throttle.leave("key");
			}
		});
		assertThat(most).hasValueBetween(1, 3);
		assertThat(throttle.snapshot().inFlight()).isZero();
		assertThat(throttle.snapshot().permitted()).isEqualTo(32_000);
	}

	@Test
	@Tag("stress")
	void theRateIsNeverExceededHoweverManyThreadsCallAndChangeIt() throws Exception {
		Throttle throttle = this.fixture.rate("1000/h", Duration.ZERO);
		AtomicInteger permitted = new AtomicInteger();
		inThreads(8, () -> {
			for (int call = 0; call < 2000; call++) {
				if (call % 50 == 0) {
					throttle.changeRate(Rate.valueOf((call % 100 == 0) ? "1000/h" : "500/h"), 1000L);
				}
				try {
					throttle.admit(null);
					permitted.incrementAndGet();
				}
				catch (ThrottledException refused) {
					Thread.yield();
				}
			}
		});
		assertThat(permitted).hasValue(1000);
	}

	@Test
	void waitersForASlotAreServedInTheOrderInWhichTheyCame() throws Exception {
		Throttle throttle = this.fixture.concurrency(1, LONG);
		throttle.admit(null);
		List<Integer> served = new ArrayList<>();
		List<Thread> waiters = new ArrayList<>();
		for (int number = 0; number < 4; number++) {
			int waiter = number;
			Thread thread = new Thread(() -> {
				throttle.admit(null);
				served.add(waiter);
				throttle.leave(null);
			});
			thread.start();
			await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
			waiters.add(thread);
		}
		throttle.leave(null);
		for (Thread waiter : waiters) {
			waiter.join();
		}
		assertThat(served).containsExactly(0, 1, 2, 3);
	}

	@Test
	void aNewcomerDoesNotOvertakeThoseWhoWaitForASlot() throws Exception {
		AtomicInteger limit = new AtomicInteger(1);
		Slots slots = new Slots(limit::get);
		slots.tryEnter();
		Thread waiter = new Thread(() -> {
			try {
				slots.enter(LONG.toNanos());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		waiter.start();
		await().until(() -> waiter.getState() == Thread.State.TIMED_WAITING);
		limit.set(2);
		assertThat(slots.tryEnter()).isFalse();
		slots.limitChanged();
		waiter.join();
		assertThat(slots.inFlight()).isEqualTo(2);
	}

	@Test
	void aWaitForASlotEndsAfterMaxWait() {
		Throttle throttle = this.fixture.concurrency(1, Duration.ofMillis(1));
		throttle.admit(null);
		assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> throttle.admit(null))
			.satisfies((refused) -> {
				assertThat(refused.quota()).isEmpty();
				assertThat(refused.window()).isEmpty();
				assertThat(refused.remaining()).isEmpty();
				assertThat(refused.reset()).isEmpty();
				assertThat(refused.retryAfter()).isEmpty();
			});
	}

	@Test
	void anInterruptedWaitForASlotLeavesNothingBehind() {
		Throttle throttle = this.fixture.concurrency(1, LONG);
		throttle.admit("key");
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> throttle.admit("key"));
		assertThat(Thread.interrupted()).isTrue();
		throttle.leave("key");
		assertThat(throttle.snapshot().inFlight()).isZero();
	}

	/** Resilience4j blocks while a bulkhead shrinks under load. */
	@Test
	void aLowerConcurrencyBlocksNobodyAndHoldsAsCallsEnd() {
		Throttle throttle = this.fixture.concurrency(3, Duration.ZERO);
		throttle.admit(null);
		throttle.admit(null);
		throttle.admit(null);
		throttle.changeConcurrency(1);
		throttle.leave(null);
		throttle.leave(null);
		assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> throttle.admit(null));
		throttle.leave(null);
		throttle.admit(null);
		assertThat(throttle.snapshot().inFlight()).isEqualTo(1);
	}

	@Test
	void aHigherConcurrencyLetsWaitersIn() throws Exception {
		Throttle throttle = this.fixture.concurrency(1, LONG);
		throttle.admit(null);
		Thread waiter = new Thread(() -> throttle.admit(null));
		waiter.start();
		await().until(() -> waiter.getState() == Thread.State.TIMED_WAITING);
		throttle.changeConcurrency(2);
		waiter.join();
		assertThat(throttle.snapshot().inFlight()).isEqualTo(2);
	}

	@Test
	void whatIsNotLimitedCannotBeChanged() {
		assertThatIllegalStateException()
			.isThrownBy(() -> this.fixture.concurrency(1, LONG).changeRate(Rate.valueOf("1/s"), null));
		assertThatIllegalStateException().isThrownBy(() -> this.fixture.rate("1/s", LONG).changeConcurrency(1));
	}

	private static void inThreads(int threads, Runnable action) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		CountDownLatch start = new CountDownLatch(threads);
		List<Future<?>> ends = new ArrayList<>();
		for (int thread = 0; thread < threads; thread++) {
			ends.add(executor.submit(() -> {
				start.countDown();
				start.await();
				action.run();
				return null;
			}));
		}
		for (Future<?> end : ends) {
			end.get();
		}
		executor.shutdown();
	}

}
