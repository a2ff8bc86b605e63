package io.github.resiliencestarter.circuitbreaker;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.github.resiliencestarter.circuitbreaker.CircuitBreakerSnapshot.State;
import io.github.resiliencestarter.guard.TimeBudget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link Breaker}: when it opens, and how it closes again.
 */
class BreakerTests {

	@Test
	void reachingTheFailureRateIsEnough() {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.window("10").minimum(10).failureRate(30));
		test.succeed(7);
		test.fail(2);
		assertThat(test.state()).isEqualTo(State.CLOSED);
		test.fail(1);
		assertThat(test.state()).isEqualTo(State.OPEN);
		assertThat(test.breaker.snapshot())
			.isEqualTo(new CircuitBreakerSnapshot("test", State.OPEN, 30, 0, 10, 3, 0, 0));
	}

	@Test
	void belowTheMinimumNothingOpens() {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.window("10").minimum(5));
		test.fail(4);
		assertThat(test.breaker.snapshot())
			.isEqualTo(new CircuitBreakerSnapshot("test", State.CLOSED, 100, 0, 4, 4, 0, 0));
		test.fail(1);
		assertThat(test.state()).isEqualTo(State.OPEN);
	}

	@ParameterizedTest
	@CsvSource({ "10", "10s" })
	void theSuccessThatCompletesTheMinimumOpens(String window) {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.window(window).minimum(5));
		test.fail(3);
		test.succeed(1);
		assertThat(test.transitions).isEmpty();
		test.succeed(1);
		assertThat(test.transitions).containsExactly(new CircuitBreakerTransition("test", State.CLOSED, State.OPEN));
	}

	@Test
	void aWindowSmallerThanTheMinimumIsJudgedWhenItIsFull() {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.window("3").minimum(20));
		test.fail(2);
		assertThat(test.state()).isEqualTo(State.CLOSED);
		test.fail(1);
		assertThat(test.state()).isEqualTo(State.OPEN);
	}

	@Test
	void onlyTheLastCallsCount() {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.window("10").minimum(10));
		test.fail(4);
		test.succeed(9);
		assertThat(test.breaker.snapshot().failedCalls()).isEqualTo(1);
		test.succeed(1);
		assertThat(test.breaker.snapshot())
			.isEqualTo(new CircuitBreakerSnapshot("test", State.CLOSED, 0, 0, 10, 0, 0, 0));
		test.fail(4);
		assertThat(test.state()).isEqualTo(State.CLOSED);
		test.fail(1);
		assertThat(test.state()).isEqualTo(State.OPEN);
	}

	@Test
	void slowSuccessesOpen() {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.slow(Duration.ofMillis(100), 50));
		test.succeedSlowly(Duration.ofMillis(99));
		test.succeed(1);
		test.succeedSlowly(Duration.ofMillis(100));
		assertThat(test.breaker.snapshot().slowCalls()).isEqualTo(1);
		test.succeedSlowly(Duration.ofMillis(150));
		assertThat(test.breaker.snapshot())
			.isEqualTo(new CircuitBreakerSnapshot("test", State.OPEN, 0, 50, 4, 0, 2, 0));
	}

	@Test
	void aCallIsAsSlowAsItTakesItself() throws Throwable {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.minimum(4).slow(Duration.ofMillis(100), 100));
		test.clock.advance(Duration.ofHours(1));
		for (Duration duration : List.of(Duration.ofMillis(50), Duration.ofMillis(150))) {
			new BreakerGuard(test.breaker, TimeBudget.UNLIMITED, (call) -> {
				test.clock.advance(duration);
				return "result";
			}).call(new NoInvocation());
		}
		assertThat(test.breaker.snapshot().slowCalls()).isEqualTo(1);
	}

	@Test
	void aSlowFailureIsOneCall() {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.minimum(4).slow(Duration.ofMillis(100), 100));
		test.failSlowly(Duration.ofSeconds(1));
		assertThat(test.breaker.snapshot())
			.isEqualTo(new CircuitBreakerSnapshot("test", State.CLOSED, 100, 100, 1, 1, 1, 0));
	}

	@Test
	void whileOpenCallsAreRefusedAndToldWhenToComeBack() {
		BreakerFixture test = BreakerFixture.small();
		test.fail(2);
		test.clock.advance(Duration.ofSeconds(3));
		assertThatExceptionOfType(CircuitBreakerOpenException.class).isThrownBy(test.breaker::acquire)
			.satisfies((ex) -> {
				assertThat(ex.retryAfter()).contains(Duration.ofSeconds(7));
				assertThat(ex.guardName()).isEqualTo("test");
				assertThat(ex.getStackTrace()).isEmpty();
			});
		assertThat(test.breaker.snapshot().notPermittedCalls()).isEqualTo(1);
		test.clock.advance(Duration.ofSeconds(7));
		assertThat(test.tryAcquire()).isNotNull();
	}

	@Test
	void trialsDecideOnceAllHaveEnded() {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.trials(3).failureRate(60));
		test.openAndWait();
		test.fail(2);
		assertThat(test.breaker.snapshot())
			.isEqualTo(new CircuitBreakerSnapshot("test", State.HALF_OPEN, 100, 0, 2, 2, 0, 0));
		test.succeed(1);
		assertThat(test.state()).isEqualTo(State.OPEN);
		test.clock.advance(BreakerFixture.OPEN_TIME);
		test.fail(1);
		test.succeed(2);
		assertThat(test.state()).isEqualTo(State.CLOSED);
	}

	@Test
	void slowTrialsOpenAgain() {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.slow(Duration.ofMillis(100), 100));
		test.openAndWait();
		test.succeedSlowly(Duration.ofSeconds(1));
		test.succeedSlowly(Duration.ofSeconds(1));
		assertThat(test.state()).isEqualTo(State.OPEN);
	}

	@Test
	void theWindowIsEmptyAfterEveryClose() {
		BreakerFixture test = BreakerFixture.small();
		test.openAndWait();
		test.succeed(2);
		assertThat(test.breaker.snapshot())
			.isEqualTo(new CircuitBreakerSnapshot("test", State.CLOSED, 0, 0, 0, 0, 0, 0));
		test.fail(1);
		test.operator.close();
		assertThat(test.breaker.snapshot().bufferedCalls()).isZero();
		test.operator.forceOpen(null);
		test.operator.close();
		assertThat(test.breaker.snapshot().bufferedCalls()).isZero();
	}

	@Test
	void repeatedOpeningsLastLongerUntilTrialsSucceed() {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.trials(1).backoff(2, Duration.ofSeconds(30)));
		test.openAndWait();
		test.fail(1);
		assertRefusesFor(test, Duration.ofSeconds(20));
		test.fail(1);
		assertRefusesFor(test, Duration.ofSeconds(30));
		test.succeed(1);
		test.fail(2);
		assertRefusesFor(test, Duration.ofSeconds(10));
	}

	@Test
	void anOperatorsResetForgetsTheRowOfOpenings() {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.backoff(2, Duration.ofMinutes(1)));
		test.fail(2);
		test.operator.close();
		test.fail(2);
		assertRefusesFor(test, Duration.ofSeconds(20));
		test.operator.reset();
		test.fail(2);
		assertRefusesFor(test, Duration.ofSeconds(10));
	}

	@Test
	void instancesDoNotProbeInStep() {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.jitter(0.5));
		test.random = 0;
		test.fail(2);
		assertRefusesFor(test, Duration.ofSeconds(5));
		test.operator.reset();
		test.random = 1;
		test.fail(2);
		assertRefusesFor(test, Duration.ofSeconds(15));
		test.operator.reset();
		test.random = 0.25;
		test.fail(2);
		assertRefusesFor(test, Duration.ofMillis(7500));
	}

	private static void assertRefusesFor(BreakerFixture test, Duration duration) {
		assertThat(test.state()).isEqualTo(State.OPEN);
		test.clock.advance(duration.minusNanos(1));
		assertThat(test.tryAcquire()).isNull();
		test.clock.advance(Duration.ofNanos(1));
		assertThat(test.state()).isEqualTo(State.HALF_OPEN);
	}

	@Test
	void aForcedStateRevertsByItselfWithAnEmptyWindow() {
		BreakerFixture test = BreakerFixture.small();
		test.fail(1);
		test.operator.forceOpen(Duration.ofMinutes(10));
		assertThatExceptionOfType(CircuitBreakerOpenException.class).isThrownBy(test.breaker::acquire)
			.satisfies((ex) -> assertThat(ex.retryAfter()).contains(Duration.ofMinutes(10)));
		test.clock.advance(Duration.ofMinutes(10));
		assertThat(test.breaker.snapshot())
			.isEqualTo(new CircuitBreakerSnapshot("test", State.CLOSED, 0, 0, 0, 0, 0, 1));
		test.operator.disable(Duration.ofMinutes(1));
		test.fail(10);
		test.clock.advance(Duration.ofMinutes(1));
		test.fail(1);
		assertThat(test.breaker.snapshot())
			.isEqualTo(new CircuitBreakerSnapshot("test", State.CLOSED, 100, 0, 1, 1, 0, 1));
	}

	@Test
	void aForcedStateWithoutEndStays() {
		BreakerFixture test = BreakerFixture.small();
		test.operator.forceOpen(null);
		test.clock.advance(Duration.ofDays(1000));
		assertThat(test.tryAcquire()).isNull();
		test.operator.disable(null);
		test.clock.advance(Duration.ofDays(1000));
		test.fail(10);
		assertThat(test.state()).isEqualTo(State.DISABLED);
	}

	@Test
	void anAbsurdlyLongForcedStateDoesNotOverflow() {
		BreakerFixture test = BreakerFixture.small();
		test.operator.forceOpen(Duration.ofSeconds(Long.MAX_VALUE));
		assertThat(test.tryAcquire()).isNull();
	}

	@Test
	void everyTransitionIsToldOnce() {
		BreakerFixture test = BreakerFixture.small();
		test.openAndWait();
		test.succeed(2);
		test.operator.close();
		test.operator.forceOpen(null);
		test.operator.forceOpen(Duration.ofMinutes(1));
		test.operator.disable(null);
		assertThat(test.transitions).extracting(CircuitBreakerTransition::to)
			.containsExactly(State.OPEN, State.HALF_OPEN, State.CLOSED, State.FORCED_OPEN, State.DISABLED);
	}

	@Test
	void shadowModeDecidesAndCountsButRefusesNothing() {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.mode(CircuitBreakerMode.SHADOW));
		test.fail(2);
		assertThat(test.state()).isEqualTo(State.OPEN);
		test.succeed(3);
		assertThat(test.breaker.snapshot().notPermittedCalls()).isEqualTo(3);
		assertThat(test.state()).isEqualTo(State.OPEN);
		test.clock.advance(BreakerFixture.OPEN_TIME);
		test.succeed(2);
		assertThat(test.state()).isEqualTo(State.CLOSED);
	}

	@Test
	void aBreakerThatIsSwitchedOffCannotBeForced() {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.mode(CircuitBreakerMode.OFF));
		test.fail(10);
		assertThat(test.state()).isEqualTo(State.DISABLED);
		assertThatIllegalStateException().isThrownBy(() -> test.operator.forceOpen(null));
	}

	@Test
	void everyCallIsCountedOnce() {
		BreakerFixture test = BreakerFixture.small();
		test.succeed(5);
		test.breaker.acquire().giveBack();
		test.fail(2);
		test.tryAcquire();
		test.clock.advance(BreakerFixture.OPEN_TIME);
		test.succeed(2);
		test.succeed(3);
		test.operator.close();
		test.operator.disable(null);
		test.succeed(1);
		test.fail(1);
		assertThat(test.breaker.calls()).isEqualTo(new CircuitBreakerCalls(11, 3, 1, 1));
	}

}
