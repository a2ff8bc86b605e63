package io.github.resiliencestarter.circuitbreaker;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import io.github.resiliencestarter.CallRejectedException;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerSnapshot.State;
import io.github.resiliencestarter.deadline.DeadlineExceededException;
import io.github.resiliencestarter.guard.AsyncGuards;
import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.ResultKind;
import io.github.resiliencestarter.guard.TimeBudget;
import io.github.resiliencestarter.timeout.CallTimeoutException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What goes wrong in other breakers, each with the place where it does.
 */
class PeerFaultTests {

	/** Resilience4j 2.4.0: its decorators catch {@code Exception} only. */
	@Test
	void errorsInHalfOpenRejectAllLaterCallsForever() {
		BreakerFixture test = BreakerFixture.small();
		test.openAndWait();
		failWith(test, new AssertionError());
		failWith(test, new StackOverflowError());
		assertThat(test.state()).isEqualTo(State.OPEN);
		test.clock.advance(BreakerFixture.OPEN_TIME);
		assertThat(test.tryAcquire()).isNotNull();
	}

	/** Resilience4j 2.4.0: gives permits back to the current state, not to their own. */
	@Test
	void ignoredExceptionsOfCallsAdmittedWhileClosedHandOutExtraTrials() {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.trials(1));
		List<Permit> old = admitWhileClosed(test, 5);
		test.openAndWait();
		test.breaker.acquire();
		old.forEach(Permit::giveBack);
		assertThat(test.tryAcquire()).isNull();
	}

	/** Resilience4j 2.4.0, Failsafe, Polly: overhanging executions. */
	@Test
	void staleSuccessesCloseABreakerWithoutAnyTrialHavingEnded() {
		BreakerFixture test = BreakerFixture.small();
		List<Permit> old = admitWhileClosed(test, 5);
		test.openAndWait();
		test.breaker.acquire();
		old.forEach((permit) -> permit.succeeded(0));
		assertThat(test.breaker.snapshot())
			.isEqualTo(new CircuitBreakerSnapshot("test", State.HALF_OPEN, 0, 0, 0, 0, 0, 0));
		assertThat(test.breaker.calls().succeeded()).isEqualTo(5);
	}

	@Test
	void staleFailuresOpenABreakerThatHasRecovered() {
		BreakerFixture test = BreakerFixture.small();
		List<Permit> old = admitWhileClosed(test, 5);
		test.openAndWait();
		test.succeed(2);
		old.forEach((permit) -> permit.failed(0));
		assertThat(test.breaker.snapshot())
			.isEqualTo(new CircuitBreakerSnapshot("test", State.CLOSED, 0, 0, 0, 0, 0, 0));
	}

	private static List<Permit> admitWhileClosed(BreakerFixture test, int calls) {
		return IntStream.range(0, calls).mapToObj((call) -> test.breaker.acquire()).toList();
	}

	/** Resilience4j #544, #903, #1389. */
	@Test
	void ignoredExceptionsInHalfOpenUseUpTrials() {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.ignored(IllegalStateException.class));
		test.openAndWait();
		for (int call = 0; call < 10; call++) {
			failWith(test, new IllegalStateException());
		}
		test.succeed(2);
		assertThat(test.state()).isEqualTo(State.CLOSED);
	}

	/** Sentinel #1638: half-open forever when a later rule blocks. */
	@Test
	void refusalsByInnerGuardsWedgeAHalfOpenBreaker() {
		BreakerFixture test = BreakerFixture.small();
		test.openAndWait();
		for (int call = 0; call < 10; call++) {
			failWith(test, new CallRejectedException("full", "inner", null) {
			});
			failWith(test, new DeadlineExceededException("late", Duration.ofSeconds(1)));
		}
		test.succeed(2);
		assertThat(test.state()).isEqualTo(State.CLOSED);
		assertThat(test.breaker.calls().ignored()).isEqualTo(20);
	}

	/** Resilience4j #2324: throwing predicates leak permits. */
	@Test
	void anExceptionThatCannotBeLookedIntoLeaksItsPermit() {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.trials(1));
		test.openAndWait();
		CompletionException hostile = new CompletionException("hostile", null) {

			@Override
			public synchronized Throwable getCause() {
				throw new IllegalStateException("no");
			}

		};
		assertThat(failWith(test, hostile)).isSameAs(hostile);
		assertThat(test.tryAcquire()).isNotNull();
	}

	/** Resilience4j 2.4.0: neither reaches the source nor returns the permit. */
	@Test
	void aCancelledFutureKeepsItsTrialAndItsSource() throws Throwable {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.trials(1));
		test.openAndWait();
		CompletableFuture<String> source = new CompletableFuture<>();
		Guard guard = AsyncGuards.gated(ResultKind.STAGE, (call) -> source,
				new BreakerGate(test.breaker, TimeBudget.UNLIMITED));
		CompletableFuture<?> result = (CompletableFuture<?>) guard.call(new NoInvocation());
		assertThat(result).isNotNull();
		assertThat(test.tryAcquire()).isNull();
		result.cancel(true);
		assertThat(source).isCancelled();
		assertThat(test.tryAcquire()).isNotNull();
	}

	@Test
	void aCancelledSubscriptionKeepsItsTrial() throws Throwable {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.trials(1));
		test.openAndWait();
		Sinks.One<String> source = Sinks.one();
		Guard guard = AsyncGuards.gated(ResultKind.MONO, (call) -> source.asMono(),
				new BreakerGate(test.breaker, TimeBudget.UNLIMITED));
		Mono<?> result = (Mono<?>) guard.call(new NoInvocation());
		assertThat(result).isNotNull();
		Disposable subscription = result.subscribe();
		assertThat(test.tryAcquire()).isNull();
		subscription.dispose();
		assertThat(test.tryAcquire()).isNotNull();
	}

	@Test
	void aCancelAfterTheLimitHidesATimeOut() throws Throwable {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.trials(1));
		test.openAndWait();
		TimeBudget budget = TimeBudget.ofThread();
		long previous = budget.shortenTo(test.clock.nanoTime() + Duration.ofSeconds(1).toNanos());
		Guard guard = AsyncGuards.gated(ResultKind.STAGE, (call) -> new CompletableFuture<>(),
				new BreakerGate(test.breaker, TimeBudget.UNLIMITED));
		CompletableFuture<?> result = (CompletableFuture<?>) guard.call(new NoInvocation());
		budget.restore(previous);
		test.clock.advance(Duration.ofSeconds(1));
		assertThat(result).isNotNull();
		result.cancel(true);
		assertThat(test.state()).isEqualTo(State.OPEN);
	}

	/** Resilience4j #1653: one refusal, two or three events. */
	@Test
	void aRefusalIsCountedMoreThanOnce() {
		BreakerFixture test = BreakerFixture.small();
		test.fail(2);
		assertThat(catchThrowable(() -> test.calls.call(() -> "no"))).isInstanceOf(CircuitBreakerOpenException.class);
		assertThat(test.breaker.calls()).isEqualTo(new CircuitBreakerCalls(0, 2, 0, 1));
	}

	/** Sentinel #2554: compares with greater, so that 100 % never trips. */
	@Test
	void aThresholdOfAHundredPercentNeverOpens() {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.failureRate(100));
		test.fail(2);
		assertThat(test.state()).isEqualTo(State.OPEN);
	}

	/** Sentinel: one bucket, so that its numbers vanish at each boundary. */
	@Test
	void aBurstAcrossAWindowBoundaryIsForgotten() {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.window("1s").minimum(4));
		test.clock.advance(Duration.ofMillis(990));
		test.fail(2);
		test.clock.advance(Duration.ofMillis(20));
		test.fail(2);
		assertThat(test.state()).isEqualTo(State.OPEN);
	}

	/** spring-retry: closes fully once the time is over. */
	@Test
	void theEndOfTheOpenTimeLetsEveryCallIn() {
		BreakerFixture test = BreakerFixture.small();
		test.openAndWait();
		test.breaker.acquire();
		test.breaker.acquire();
		assertThat(test.tryAcquire()).isNull();
	}

	/** Resilience4j: futures wrap what was to be ignored. */
	@Test
	void wrappedExceptionsAreNotRecognised() {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.ignored(IllegalStateException.class));
		IllegalStateException cause = new IllegalStateException();
		for (int call = 0; call < 4; call++) {
			failWith(test, new CompletionException(new ExecutionException(cause)));
		}
		assertThat(test.breaker.snapshot().bufferedCalls()).isZero();
		BreakerFixture recording = BreakerFixture.small((settings) -> settings.recorded(IllegalStateException.class));
		failWith(recording, new ExecutionException(new CompletionException(cause)));
		failWith(recording, new IllegalArgumentException(cause));
		assertThat(recording.breaker.snapshot().failedCalls()).isEqualTo(1);
		assertThat(recording.breaker.calls()).isEqualTo(new CircuitBreakerCalls(1, 1, 0, 0));
	}

	@Test
	void aTimeOutOfAGuardCountsAsSuccessWhereItIsNotListed() {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.recorded(IllegalStateException.class));
		failWith(test, new CallTimeoutException("slow", Duration.ofSeconds(1)));
		assertThat(test.breaker.calls().failed()).isEqualTo(1);
	}

	@Test
	void aMethodThatSwallowsTheInterruptAndEndsLateCountsAsSuccess() throws Throwable {
		BreakerFixture test = BreakerFixture.small();
		Guard guard = new BreakerGuard(test.breaker, TimeBudget.UNLIMITED, (call) -> {
			test.clock.advance(Duration.ofSeconds(2));
			return "late";
		});
		TimeBudget budget = TimeBudget.ofThread();
		long previous = budget.shortenTo(Duration.ofSeconds(1).toNanos());
		guard.call(new NoInvocation());
		budget.restore(previous);
		guard.call(new NoInvocation());
		assertThat(test.breaker.calls()).isEqualTo(new CircuitBreakerCalls(1, 1, 0, 0));
	}

	@Test
	void aRefusalFurtherInThatComesLateCountsAgainstTheMethod() {
		BreakerFixture test = BreakerFixture.small();
		TimeBudget budget = TimeBudget.ofThread();
		long previous = budget.shortenTo(Duration.ofSeconds(1).toNanos());
		Guard guard = new BreakerGuard(test.breaker, TimeBudget.UNLIMITED, (call) -> {
			test.clock.advance(Duration.ofSeconds(2));
			throw new CallRejectedException("full", "inner", null) {
			};
		});
		assertThat(catchThrowable(() -> guard.call(new NoInvocation()))).isInstanceOf(CallRejectedException.class);
		budget.restore(previous);
		assertThat(test.breaker.calls()).isEqualTo(new CircuitBreakerCalls(0, 0, 1, 0));
	}

	@Test
	void aCallerWithoutTimeLeftCountsAgainstTheMethod() throws Exception {
		BreakerFixture test = BreakerFixture.small();
		TimeBudget budget = TimeBudget.ofThread();
		test.clock.advance(Duration.ofSeconds(2));
		long previous = budget.shortenTo(Duration.ofSeconds(1).toNanos());
		test.calls.call(() -> "fine");
		budget.restore(previous);
		assertThat(test.breaker.calls().succeeded()).isEqualTo(1);
	}

	/** Resilience4j #2038. */
	@Test
	@Tag("stress")
	void anOpenTimeThatIsOverAtOnceOverflowsTheStack() throws Exception {
		AtomicLong time = new AtomicLong();
		MonotonicClock racing = new MonotonicClock() {

			@Override
			public long nanoTime() {
				return time.addAndGet(BreakerFixture.OPEN_TIME.toNanos());
			}

			@Override
			public void sleep(long nanos) {
				time.addAndGet(nanos);
			}

		};
		Breaker breaker = new Breaker("test", BreakerFixture.small((settings) -> settings.trials(1)).breaker.config(),
				racing, () -> 0, (transition) -> {
				});
		ExecutorService threads = Executors.newFixedThreadPool(8);
		try {
			List<Future<Integer>> results = threads.invokeAll(Collections.nCopies(8, () -> failAgainAndAgain(breaker)));
			for (Future<Integer> result : results) {
				assertThat(result.get()).isPositive();
			}
		}
		finally {
			threads.shutdown();
		}
	}

	private static int failAgainAndAgain(Breaker breaker) {
		int admitted = 0;
		for (int call = 0; call < 2000; call++) {
			Permit permit = breaker.tryAcquire(TimeBudget.UNLIMITED);
			if (permit != null) {
				permit.failed(0);
				admitted++;
			}
		}
		return admitted;
	}

	/** Resilience4j #2379, #2334: the smallest windows fail. */
	@Test
	void aWindowOfOneCallDoesNotWork() {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.window("1"));
		test.succeed(3);
		test.fail(1);
		assertThat(test.state()).isEqualTo(State.OPEN);
	}

	private static Throwable failWith(BreakerFixture test, Throwable failure) {
		return catchThrowable(() -> new BreakerGuard(test.breaker, TimeBudget.UNLIMITED, (call) -> {
			throw failure;
		}).call(new NoInvocation()));
	}

}
