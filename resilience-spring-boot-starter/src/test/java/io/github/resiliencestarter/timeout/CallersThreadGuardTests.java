package io.github.resiliencestarter.timeout;

import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.TimeBudget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link CallersThreadGuard}: one thread, and a clock that the test turns.
 */
class CallersThreadGuardTests {

	private final TimeoutFixture fixture = new TimeoutFixture();

	@AfterEach
	void nothingIsLeftOnTheThread() {
		assertThat(Thread.interrupted()).as("interrupt flag").isFalse();
		assertThat(TimeBudget.ofThread().expiresAt()).isEqualTo(TimeBudget.UNLIMITED);
		assertThat(this.fixture.watch.slotOfThread().moment()).isEqualTo(Slot.IDLE);
	}

	@Test
	void aCallWithinItsLimitReturnsItsResult() throws Exception {
		Guard guard = this.fixture.limited("1S", (call) -> {
			this.fixture.pass("0.999S");
			return "placed";
		});
		assertThat(TimeoutFixture.call(guard)).isEqualTo("placed");
		assertThat(this.fixture.instance.snapshot()).isEqualTo(new TimeoutSnapshot("OrderService.place", 1, 0, 0));
	}

	@Test
	void aBlockedMethodIsInterruptedAtItsLimit() {
		Guard guard = this.fixture.limited("1S", (call) -> {
			this.fixture.pass("1S");
			new CountDownLatch(1).await();
			return null;
		});
		assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(() -> TimeoutFixture.call(guard))
			.withMessage("OrderService.place did not end within 1s")
			.withCauseInstanceOf(InterruptedException.class)
			.satisfies((ex) -> assertThat(ex.limit()).isEqualTo(TimeoutFixture.duration("1S")));
		assertThat(this.fixture.instance.snapshot()).isEqualTo(new TimeoutSnapshot("OrderService.place", 0, 1, 0));
	}

	@Test
	void aMethodThatSwallowsTheInterruptStillTimesOut() {
		Guard guard = this.fixture.limited("1S", (call) -> {
			this.fixture.pass("1S");
			assertThat(Thread.interrupted()).isTrue();
			return "late";
		});
		assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(() -> TimeoutFixture.call(guard))
			.withNoCause();
	}

	@Test
	void aMethodThatIgnoresTheInterruptDoesNotLeaveItToItsCaller() {
		Guard guard = this.fixture.limited("1S", (call) -> {
			this.fixture.pass("1S");
			return "late";
		});
		assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(() -> TimeoutFixture.call(guard));
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void aResultThatIsThereBeforeTheWatchHasLookedIsKept() throws Exception {
		Guard guard = this.fixture.limited("1S", (call) -> {
			this.fixture.clock.advance(TimeoutFixture.duration("1S"));
			return "just in time";
		});
		assertThat(TimeoutFixture.call(guard)).isEqualTo("just in time");
		assertThat(this.fixture.instance.snapshot().success()).isOne();
	}

	@Test
	void aFailureAfterTheLimitIsATimeoutEvenIfTheWatchHasNotLooked() {
		Guard guard = this.fixture.limited("1S", (call) -> {
			this.fixture.clock.advance(TimeoutFixture.duration("1S"));
			throw new IllegalStateException("waited for too long");
		});
		assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(() -> TimeoutFixture.call(guard));
	}

	@Test
	void aLateResultOfAnInterruptedThreadIsATimeoutThoughTheWatchLeftItAlone() {
		Guard guard = this.fixture.limited("1S", (call) -> {
			Thread.currentThread().interrupt();
			this.fixture.pass("1S");
			return "late";
		});
		assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(() -> TimeoutFixture.call(guard));
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void anExceptionInTimeReachesTheCallerUnchanged() {
		Guard guard = this.fixture.limited("1S", (call) -> {
			throw new IllegalStateException("no stock");
		});
		assertThatIllegalStateException().isThrownBy(() -> TimeoutFixture.call(guard)).withMessage("no stock");
		assertThat(this.fixture.instance.snapshot().success()).isOne();
	}

	@Test
	void anErrorIsNotHiddenByATimeout() {
		Guard guard = this.fixture.limited("1S", (call) -> {
			this.fixture.pass("1S");
			throw new StackOverflowError();
		});
		assertThatExceptionOfType(StackOverflowError.class).isThrownBy(() -> TimeoutFixture.call(guard));
	}

	@Test
	void noInterruptArrivesAfterTheCall() throws Exception {
		TimeoutFixture.call(this.fixture.limited("1S", (call) -> "in time"));
		this.fixture.pass("1H");
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void theCallersOwnInterruptSurvivesACallInTime() throws Exception {
		Thread.currentThread().interrupt();
		assertThat(TimeoutFixture.call(this.fixture.limited("1S", (call) -> "done"))).isEqualTo("done");
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void theCallersOwnInterruptSurvivesATimeout() {
		Thread.currentThread().interrupt();
		Guard guard = this.fixture.limited("1S", (call) -> {
			this.fixture.pass("1S");
			return null;
		});
		assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(() -> TimeoutFixture.call(guard));
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void aMethodThatUsesUpItsCallersInterruptIsInterruptedAtItsLimitAllTheSame() {
		Thread.currentThread().interrupt();
		Guard guard = this.fixture.limited("1S", (call) -> {
			this.fixture.pass("1S");
			assertThat(Thread.interrupted()).as("the caller's").isTrue();
			this.fixture.pass("0.001S");
			assertThat(Thread.interrupted()).as("the watch's").isTrue();
			return null;
		});
		assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(() -> TimeoutFixture.call(guard));
	}

	@Test
	void aNestedCallHasNoMoreTimeThanItsCaller() {
		TimeoutParts inner = this.fixture.another("StockService.reserve");
		Guard nested = this.fixture.limited("5S", (call) -> {
			assertThat(TimeBudget.ofThread().remaining(this.fixture.clock.nanoTime()))
				.isEqualTo(TimeoutFixture.duration("0.4S").toNanos());
			this.fixture.pass("0.4S");
			new CountDownLatch(1).await();
			return null;
		}, inner);
		Guard guard = this.fixture.limited("1S", (call) -> {
			this.fixture.pass("0.6S");
			return nested.call(call);
		});
		assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(() -> TimeoutFixture.call(guard))
			.withMessage("OrderService.place did not end within 1s")
			.havingCause()
			.isInstanceOf(CallTimeoutException.class)
			.withMessage("StockService.reserve did not end within 400ms");
		assertThat(inner.instance().snapshot().timeout()).isOne();
		assertThat(this.fixture.instance.snapshot().timeout()).isOne();
	}

	@Test
	void aNestedTimeoutLeavesItsCallerTheRest() throws Exception {
		Guard nested = this.fixture.limited("0.3S", (call) -> {
			this.fixture.pass("0.3S");
			return null;
		}, this.fixture.another("StockService.reserve"));
		Guard guard = this.fixture.limited("1S", (call) -> {
			assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(() -> nested.call(call))
				.withMessageStartingWith("StockService.reserve");
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
			assertThat(TimeBudget.ofThread().remaining(this.fixture.clock.nanoTime()))
				.isEqualTo(TimeoutFixture.duration("0.7S").toNanos());
			return "without stock";
		});
		assertThat(TimeoutFixture.call(guard)).isEqualTo("without stock");
	}

	@Test
	void aNestedCallInTimeIsInTimeThoughItsOwnLimitIsLonger() throws Exception {
		TimeoutParts inner = this.fixture.another("StockService.reserve");
		Guard nested = this.fixture.limited("5S", (call) -> "reserved", inner);
		assertThat(TimeoutFixture.call(this.fixture.limited("1S", nested))).isEqualTo("reserved");
		assertThat(TimeoutFixture.call(nested)).isEqualTo("reserved");
		assertThat(this.fixture.instance.snapshot().success()).isOne();
		assertThat(inner.instance().snapshot().success()).isEqualTo(2);
	}

	@Test
	void theWatchIsWokenForTheOuterLimitThatItCouldNotSeeMeanwhile() throws Exception {
		Guard nested = this.fixture.limited("0.3S", (call) -> {
			this.fixture.pass("0.3S");
			assertThat(this.fixture.watch.scan()).isEqualTo(Watch.NEVER);
			this.fixture.wakes.clear();
			return null;
		}, this.fixture.another("StockService.reserve"));
		Guard guard = this.fixture.limited("1S", (call) -> {
			assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(() -> nested.call(call));
			assertThat(this.fixture.wakes).hasSize(1);
			assertThat(this.fixture.watch.scan()).isEqualTo(TimeoutFixture.duration("1S").toNanos());
			return "without stock";
		});
		assertThat(TimeoutFixture.call(guard)).isEqualTo("without stock");
	}

	@Test
	void theOuterInterruptIsNotLostWhenBothLimitsPassAtOnce() {
		Guard nested = this.fixture.limited("0.3S", (call) -> {
			this.fixture.pass("2S");
			return null;
		}, this.fixture.another("StockService.reserve"));
		Guard guard = this.fixture.limited("1S", (call) -> {
			assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(() -> nested.call(call));
			this.fixture.watch.scan();
			new CountDownLatch(1).await();
			return null;
		});
		assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(() -> TimeoutFixture.call(guard))
			.withMessageStartingWith("OrderService.place")
			.withCauseInstanceOf(InterruptedException.class);
	}

	@Test
	void aCallersDeadlineCountsWhereItIsShorter() {
		Guard guard = this.fixture.limited("1S", (call) -> {
			this.fixture.pass("0.25S");
			return null;
		});
		TimeoutFixture.withBudget(TimeoutFixture.duration("0.25S").toNanos(),
				() -> assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(() -> TimeoutFixture.call(guard))
					.withMessage("OrderService.place did not end within 250ms"));
	}

	@Test
	void callsInARowDoNotWakeTheWatchEachTime() throws Exception {
		Guard guard = this.fixture.limited("1S", (call) -> "short");
		for (int i = 0; i < 100; i++) {
			TimeoutFixture.call(guard);
			this.fixture.pass("0.001S");
		}
		assertThat(this.fixture.wakes).hasSize(1);
	}

	@Test
	void theWatchSleepsWhenNothingIsInFlight() throws Exception {
		TimeoutFixture.call(this.fixture.limited("1S", (call) -> "short"));
		this.fixture.pass("1S");
		assertThat(this.fixture.watch.scan()).isEqualTo(Watch.NEVER);
	}

	@Test
	void aMomentThatOneScanCouldNotSeeYetIsSeenAMillisecondLater() {
		Watch watch = this.fixture.watch;
		watch.published(TimeoutFixture.duration("1S").toNanos());
		this.fixture.clock.advance(TimeoutFixture.duration("1S"));
		assertThat(watch.scan()).isEqualTo(TimeoutFixture.duration("1.001S").toNanos());
		// a caller that read wakeAt before that scan, and so need not wake the watch
		Slot slot = watch.slotOfThread();
		long moment = TimeoutFixture.duration("2S").toNanos();
		long outer = slot.arm(moment);
		this.fixture.clock.advance(TimeoutFixture.duration("0.001S"));
		assertThat(watch.scan()).isEqualTo(moment);
		assertThat(slot.disarm(moment, outer)).isFalse();
		this.fixture.pass("1S");
		this.fixture.pass("0.001S");
		assertThat(watch.scan()).isEqualTo(Watch.NEVER);
	}

	@Test
	void aShorterLimitWakesTheWatchThatSleepsUntilALongerOne() throws Exception {
		Guard shorter = this.fixture.limited("0.1S", (call) -> this.fixture.watch.scan(), this.fixture.another("b"));
		Guard longer = this.fixture.limited("1S", (call) -> {
			assertThat(this.fixture.watch.scan()).isEqualTo(TimeoutFixture.duration("1S").toNanos());
			this.fixture.wakes.clear();
			return shorter.call(call);
		});
		assertThat(TimeoutFixture.call(longer)).isEqualTo(TimeoutFixture.duration("0.1S").toNanos());
		assertThat(this.fixture.wakes).hasSize(1);
	}

}
