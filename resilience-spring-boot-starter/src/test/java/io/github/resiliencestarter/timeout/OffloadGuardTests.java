package io.github.resiliencestarter.timeout;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link OffloadGuard}: real threads, latches instead of sleeps.
 */
class OffloadGuardTests {

	private static final ThreadLocal<String> USER = new ThreadLocal<>();

	private final TimeoutFixture fixture = new TimeoutFixture();

	private final TimeoutParts parts = new TimeoutParts(this.fixture.instance, this.fixture.watch,
			MonotonicClock.system());

	// many, because on a busy machine threads of earlier calls may not even have begun
	private final OffloadThreads threads = OffloadThreads.pooled(100, UnaryOperator.identity(), 1);

	private final CountDownLatch end = new CountDownLatch(1);

	private volatile boolean running;

	@AfterEach
	void stop() {
		this.end.countDown();
		this.threads.close();
		assertThat(Thread.interrupted()).isFalse();
	}

	@Test
	void theMethodRunsOnAnotherThreadWithTheDeadline() throws Exception {
		AtomicReference<Thread> runner = new AtomicReference<>();
		Guard guard = guard("1M", (call) -> {
			runner.set(Thread.currentThread());
			return TimeBudget.ofThread().remaining(MonotonicClock.system().nanoTime());
		});
		assertThat((Long) TimeoutFixture.call(guard)).isBetween(1L, Duration.ofMinutes(1).toNanos());
		assertThat(runner.get()).isNotSameAs(Thread.currentThread());
		assertThat(this.fixture.instance.snapshot().success()).isOne();
		TimeoutFixture.call(guard("1H", (call) -> {
			assertThat(TimeBudget.ofThread().remaining(MonotonicClock.system().nanoTime()))
				.as("not that of the thread's last call")
				.isGreaterThan(Duration.ofMinutes(1).toNanos());
			return null;
		}));
	}

	@Test
	void theCallerIsReleasedAtTheLimitWhateverTheMethodDoesAndTheCallIsCounted() {
		int calls = leaveOneBehind();
		assertThat(this.fixture.instance.snapshot()).isEqualTo(new TimeoutSnapshot("OrderService.place", 0, calls, 1));
		this.end.countDown();
		await().untilAsserted(() -> assertThat(this.fixture.instance.snapshot().leftBehind()).isZero());
	}

	@Test
	void callsAreRefusedWhileTooManyAreLeftBehind() throws Exception {
		leaveOneBehind();
		assertThatExceptionOfType(OffloadRejectedException.class)
			.isThrownBy(() -> TimeoutFixture.call(guard("1M", (call) -> "never runs")))
			.satisfies((ex) -> assertThat(ex.guardName()).isEqualTo("OrderService.place"));
		this.end.countDown();
		await().untilAsserted(() -> assertThat(this.fixture.instance.leftBehind()).isZero());
		assertThat(TimeoutFixture.call(guard("1M", (call) -> "runs again"))).isEqualTo("runs again");
	}

	@Test
	void callsAreRefusedWhenNoThreadIsFree() throws Exception {
		OffloadThreads one = OffloadThreads.pooled(1, UnaryOperator.identity(), 1);
		Guard inner = new OffloadGuard((call) -> "never runs", null, true, this.parts, one);
		Guard outer = new OffloadGuard(inner, TimeoutFixture.duration("1M"), true, this.parts, one);
		assertThatExceptionOfType(OffloadRejectedException.class).isThrownBy(() -> TimeoutFixture.call(outer))
			.withMessageContaining("no thread is free");
		one.close();
	}

	@Test
	void theMethodIsInterruptedAtTheLimit() throws Exception {
		CountDownLatch interrupted = new CountDownLatch(1);
		Guard guard = guard("0.02S", (call) -> {
			this.running = true;
			try {
				return new CountDownLatch(1).await(1, java.util.concurrent.TimeUnit.MINUTES);
			}
			catch (InterruptedException ex) {
				interrupted.countDown();
				throw ex;
			}
		});
		untilOneRuns(guard);
		interrupted.await();
	}

	@Test
	void theCallersInterruptReachesTheMethod() {
		Thread.currentThread().interrupt();
		Guard guard = guard("1M", (call) -> {
			new CountDownLatch(1).await();
			return null;
		});
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> TimeoutFixture.call(wrapped(guard)))
			.withCauseInstanceOf(InterruptedException.class);
	}

	@Test
	void aFlagThatTheMethodLeavesSetIsSetForTheCaller() throws Exception {
		TimeoutFixture.call(guard("1M", (call) -> {
			Thread.currentThread().interrupt();
			return null;
		}));
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void exceptionsReachTheCallerUnchanged() {
		IllegalStateException failure = new IllegalStateException("no stock");
		Guard guard = guard("1M", (call) -> {
			throw failure;
		});
		assertThatIllegalStateException().isThrownBy(() -> TimeoutFixture.call(guard)).isSameAs(failure);
	}

	@Test
	void theCallersContextGoesAlong() throws Exception {
		io.micrometer.context.ContextRegistry registry = io.micrometer.context.ContextRegistry.getInstance();
		registry.registerThreadLocalAccessor("test.user", USER);
		OffloadThreads carrying = OffloadThreads.pooled(1, new CallersContext(), 1);
		USER.set("anna");
		try {
			Guard guard = new OffloadGuard((call) -> USER.get(), TimeoutFixture.duration("1M"), true, this.parts,
					carrying);
			assertThat(TimeoutFixture.call(guard)).isEqualTo("anna");
		}
		finally {
			USER.remove();
			registry.removeThreadLocalAccessor("test.user");
			carrying.close();
		}
	}

	private int leaveOneBehind() {
		return untilOneRuns(guard("0.02S", this::ignoreInterrupts));
	}

	/**
	 * A call whose thread does not start within the limit is not left behind.
	 * @return how many calls it took
	 */
	private int untilOneRuns(Guard guard) {
		int calls = 0;
		while (!this.running) {
			assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(() -> TimeoutFixture.call(guard))
				.withMessage("OrderService.place did not end within 20ms");
			calls++;
			// what is left behind has begun, but may not have come to say so
			await().until(() -> this.running || this.fixture.instance.leftBehind() == 0);
		}
		return calls;
	}

	private Guard guard(String limit, Guard next) {
		return new OffloadGuard(next, TimeoutFixture.duration(limit), true, this.parts, this.threads);
	}

	private static Guard wrapped(Guard guard) {
		return (call) -> {
			try {
				return guard.call(call);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		};
	}

	private Object ignoreInterrupts(Object call) {
		this.running = true;
		while (this.end.getCount() > 0) {
			try {
				this.end.await();
			}
			catch (InterruptedException ex) {
				// as careless code does
			}
		}
		return null;
	}

}
