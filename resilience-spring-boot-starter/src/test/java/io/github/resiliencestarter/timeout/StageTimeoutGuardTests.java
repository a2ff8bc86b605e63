package io.github.resiliencestarter.timeout;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;

import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.TimeBudget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link StageTimeoutGuard}.
 */
class StageTimeoutGuardTests {

	private final TimeoutFixture fixture = new TimeoutFixture();

	private final CompletableFuture<String> source = new CompletableFuture<>();

	@Test
	void aStageThatDoesNotCompleteFailsAtTheLimitAndItsSourceIsCancelled() throws Exception {
		CompletableFuture<?> result = call(guard("1S", (call) -> this.source));
		this.fixture.pass("0.999S");
		assertThat(result).isNotDone();
		this.fixture.pass("0.001S");
		assertTimedOut(result, "OrderService.place did not end within 1s");
		assertThat(this.source).isCancelled();
		assertThat(this.fixture.instance.snapshot()).isEqualTo(new TimeoutSnapshot("OrderService.place", 0, 1, 0));
	}

	@Test
	void theWatchIsAskedToComeAtTheLimit() throws Exception {
		this.fixture.pass("7S");
		CompletableFuture<?> result = call(guard("1S", (call) -> this.source));
		assertThat(this.fixture.watch.scan()).isEqualTo(TimeoutFixture.duration("8S").toNanos());
		this.fixture.pass("1S");
		assertTimedOut(result, "OrderService.place did not end within 1s");
	}

	@Test
	void aStageThatCompletesInTimeIsForgottenByTheWatch() throws Exception {
		CompletableFuture<?> result = call(guard("1S", (call) -> this.source));
		this.source.complete("placed");
		assertThat(result.join()).isEqualTo("placed");
		this.fixture.pass("2S");
		assertThat(this.fixture.instance.snapshot()).isEqualTo(new TimeoutSnapshot("OrderService.place", 1, 0, 0));
		assertThat(this.fixture.watch.scan()).isEqualTo(Watch.NEVER);
	}

	@Test
	void aFailedStageIsForgottenByTheWatchToo() throws Exception {
		CompletableFuture<?> result = call(guard("1S", (call) -> this.source));
		this.source.completeExceptionally(new IllegalStateException("no stock"));
		assertThat(result).failsWithin(java.time.Duration.ZERO)
			.withThrowableThat()
			.withCauseInstanceOf(IllegalStateException.class);
		this.fixture.pass("2S");
		assertThat(this.fixture.watch.scan()).isEqualTo(Watch.NEVER);
	}

	@Test
	void aLateCompletionIsATimeoutEvenIfTheWatchHasNotLooked() throws Exception {
		CompletableFuture<?> result = call(guard("1S", (call) -> this.source));
		this.fixture.clock.advance(TimeoutFixture.duration("1S"));
		this.source.complete("late");
		assertTimedOut(result, "OrderService.place did not end within 1s");
	}

	@Test
	void whoeverSeesTheTimeoutFindsTheSourceCancelled() throws Exception {
		CompletableFuture<?> result = call(guard("1S", (call) -> this.source));
		CompletableFuture<Boolean> seen = result.handle((value, failure) -> this.source.isCancelled());
		this.fixture.pass("1S");
		assertThat(seen).isCompletedWithValue(true);
	}

	@Test
	void aStageThatCannotBeCancelledTimesOutAllTheSame() throws Exception {
		CompletableFuture<?> result = call(guard("1S", (call) -> new CompletableFuture<>() {
			@Override
			public boolean cancel(boolean mayInterruptIfRunning) {
				throw new UnsupportedOperationException("cancel");
			}
		}));
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> this.fixture.pass("1S"));
		assertTimedOut(result, "OrderService.place did not end within 1s");
	}

	@Test
	void cancellingTheResultCancelsTheSource() throws Exception {
		CompletableFuture<?> result = call(guard("1S", (call) -> this.source));
		result.cancel(true);
		assertThat(this.source).isCancelled();
		this.fixture.pass("2S");
		assertThat(this.fixture.instance.snapshot()).isEqualTo(new TimeoutSnapshot("OrderService.place", 0, 0, 0));
	}

	@Test
	void aMethodThatBlocksInsteadOfReturningAStageIsInterrupted() throws Exception {
		CompletableFuture<?> result = call(guard("1S", (call) -> {
			this.fixture.pass("1S");
			new CountDownLatch(1).await();
			return null;
		}));
		assertThat(result).isCompletedExceptionally();
		assertThat(this.fixture.instance.snapshot().timeout()).isOne();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
		assertThat(TimeBudget.ofThread().expiresAt()).isEqualTo(TimeBudget.UNLIMITED);
	}

	@Test
	void aNestedLimitEndsBeforeTheOuterOneThatEndsAtTheSameMoment() throws Exception {
		CompletableFuture<Object> seenBetween = new CompletableFuture<>();
		Guard inner = new StageTimeoutGuard((call) -> this.source, null, false, this.fixture.parts);
		Guard outer = guard("1S", (call) -> {
			CompletableFuture<?> stage = (CompletableFuture<?>) inner.call(call);
			stage.whenComplete((result, failure) -> seenBetween.complete(failure));
			return stage;
		});
		CompletableFuture<?> result = call(outer);
		this.fixture.pass("1S");
		assertTimedOut(result, "OrderService.place did not end within 1s");
		assertThat(seenBetween.join()).isInstanceOf(CallTimeoutException.class);
		assertThat(this.fixture.instance.snapshot().timeout()).isOne();
	}

	@Test
	void theCallersDeadlineCountsWhereItIsShorter() {
		TimeoutFixture.withBudget(TimeoutFixture.duration("0.2S").toNanos(), () -> {
			try {
				CompletableFuture<?> result = call(guard("1S", (call) -> this.source));
				this.fixture.pass("0.2S");
				assertTimedOut(result, "OrderService.place did not end within 200ms");
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	private Guard guard(String limit, Guard next) {
		return new StageTimeoutGuard(new CallersThreadGuard(next, null, false, this.fixture.parts),
				TimeoutFixture.duration(limit), true, this.fixture.parts);
	}

	private static CompletableFuture<?> call(Guard guard) throws Exception {
		return (CompletableFuture<?>) TimeoutFixture.call(guard);
	}

	private static void assertTimedOut(CompletableFuture<?> result, String message) {
		assertThatExceptionOfType(CompletionException.class).isThrownBy(result::join)
			.havingCause()
			.isInstanceOf(CallTimeoutException.class)
			.withMessage(message);
	}

}
