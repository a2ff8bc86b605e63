package io.github.resiliencestarter.circuitbreaker;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.resiliencestarter.circuitbreaker.CircuitBreakerSnapshot.State;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for breakers that look at the calls of the last while.
 */
class TimeWindowTests {

	@Test
	void failuresOlderThanTheWindowDoNotCount() {
		BreakerFixture test = tenSeconds(4);
		test.fail(3);
		test.clock.advance(Duration.ofSeconds(10));
		test.fail(3);
		assertThat(test.breaker.snapshot())
			.isEqualTo(new CircuitBreakerSnapshot("test", State.CLOSED, 100, 0, 3, 3, 0, 0));
	}

	@Test
	void aBurstAcrossABucketBoundaryCounts() {
		BreakerFixture test = tenSeconds(4);
		test.clock.advance(Duration.ofMillis(99));
		test.fail(2);
		test.clock.advance(Duration.ofMillis(2));
		test.fail(2);
		assertThat(test.state()).isEqualTo(State.OPEN);
	}

	@Test
	void failuresAlmostAsOldAsTheWindowCount() {
		BreakerFixture test = tenSeconds(4);
		test.clock.advance(Duration.ofMillis(4999));
		test.fail(3);
		test.clock.advance(Duration.ofMillis(9900));
		test.fail(1);
		assertThat(test.state()).isEqualTo(State.OPEN);
	}

	@Test
	void successesAgeToo() {
		BreakerFixture test = tenSeconds(4);
		test.succeed(100);
		test.clock.advance(Duration.ofSeconds(5));
		test.fail(4);
		assertThat(test.state()).isEqualTo(State.CLOSED);
		test.clock.advance(Duration.ofSeconds(5));
		assertThat(test.transitions).isEmpty();
		test.succeed(1);
		assertThat(test.transitions).hasSize(1);
		assertThat(test.breaker.snapshot())
			.isEqualTo(new CircuitBreakerSnapshot("test", State.OPEN, 80, 0, 5, 4, 0, 0));
	}

	@Test
	void failuresAgeOneAfterTheOther() {
		BreakerFixture test = tenSeconds(10);
		test.fail(1);
		test.clock.advance(Duration.ofSeconds(5));
		test.fail(2);
		test.clock.advance(Duration.ofSeconds(5));
		assertThat(test.breaker.snapshot())
			.isEqualTo(new CircuitBreakerSnapshot("test", State.CLOSED, 100, 0, 2, 2, 0, 0));
	}

	@Test
	void slowCallsAgeOneAfterTheOther() {
		BreakerFixture test = BreakerFixture
			.small((settings) -> settings.window("10s").minimum(10).slow(Duration.ofMillis(100), 50));
		test.succeedSlowly(Duration.ofMillis(100));
		test.clock.advance(Duration.ofSeconds(5));
		test.succeedSlowly(Duration.ofMillis(100));
		test.clock.advance(Duration.ofSeconds(5));
		assertThat(test.breaker.snapshot())
			.isEqualTo(new CircuitBreakerSnapshot("test", State.CLOSED, 0, 100, 1, 0, 1, 0));
	}

	@Test
	void whatWasForgottenInAQuietTimeIsNotSubtractedAgain() {
		BreakerFixture test = BreakerFixture
			.small((settings) -> settings.window("10s").minimum(100).slow(Duration.ofMillis(100), 50));
		test.failSlowly(Duration.ofMillis(100));
		test.clock.advance(Duration.ofSeconds(15));
		test.fail(1);
		for (int step = 0; step < 9; step++) {
			test.clock.advance(Duration.ofSeconds(1));
			assertThat(test.breaker.snapshot())
				.isEqualTo(new CircuitBreakerSnapshot("test", State.CLOSED, 100, 0, 1, 1, 0, 0));
		}
	}

	@Test
	void aBucketLastsAHundredthOfTheWindowWhereverItBegins() {
		long window = Duration.ofSeconds(10).toNanos();
		long now = Duration.ofMillis(12_345).toNanos();
		TimeWindow begun = new TimeWindow(window, now);
		assertThat(begun.constantUntil()).isEqualTo(Duration.ofMillis(12_400).toNanos());
		begun.advanceTo(Duration.ofMillis(12_730).toNanos());
		assertThat(begun.constantUntil()).isEqualTo(Duration.ofMillis(12_800).toNanos());
	}

	@Test
	void theMinimumMustBeCompletedAgainAfterAQuietTime() {
		BreakerFixture test = tenSeconds(4);
		test.succeed(4);
		test.clock.advance(Duration.ofMinutes(1));
		test.fail(3);
		assertThat(test.transitions).isEmpty();
		test.succeed(1);
		assertThat(test.transitions).hasSize(1);
	}

	@Test
	void slowCallsAgeToo() {
		BreakerFixture test = BreakerFixture
			.small((settings) -> settings.window("10s").minimum(2).slow(Duration.ofSeconds(1), 50));
		test.succeedSlowly(Duration.ofSeconds(1));
		test.clock.advance(Duration.ofSeconds(10));
		test.succeedSlowly(Duration.ofSeconds(1));
		assertThat(test.breaker.snapshot())
			.isEqualTo(new CircuitBreakerSnapshot("test", State.CLOSED, 0, 100, 1, 0, 1, 0));
	}

	@ParameterizedTest
	@ValueSource(strings = { "1ms", "1s", "PT1M", "30d" })
	void windowsOfAnyLengthWork(String window) {
		BreakerFixture test = BreakerFixture.small((settings) -> settings.window(window));
		test.succeed(10);
		test.clock.advance(Duration.ofDays(31));
		test.fail(1);
		assertThat(test.state()).isEqualTo(State.CLOSED);
		test.fail(1);
		assertThat(test.state()).isEqualTo(State.OPEN);
	}

	private static BreakerFixture tenSeconds(int minimum) {
		return BreakerFixture.small((settings) -> settings.window("10s").minimum(minimum));
	}

}
