package io.github.resiliencestarter.throttle;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Rate} and {@link RateLimit}.
 */
class RateTests {

	@ParameterizedTest
	@CsvSource({ "100/s, 100, PT1S", "5/10s, 5, PT10S", "1000/1h, 1000, PT1H", "1 / 250 ms, 1, PT0.25S", "2/m, 2, PT1M",
			"1/1d, 1, P1D" })
	void ratesArePermitsForATime(String text, long permits, Duration period) {
		Rate rate = Rate.valueOf(text);
		assertThat(rate.permits()).isEqualTo(permits);
		assertThat(rate.period()).isEqualTo(period);
		assertThat(rate).hasToString(text);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "100", "/s", "0/s", "-1/s", "1/0s", "1/", "1/x", "1.5/s", "100/s/s", "2/1ns",
			"999999999999999999/999999999999999999d", "9999999999999999999/s" })
	void anythingElseIsRefusedWithTheRemedy(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> Rate.valueOf(text)).withMessageContaining("100/s");
	}

	@Test
	void equalRatesAreEqualHoweverTheyAreWritten() {
		assertThat(Rate.valueOf("60/1m")).isEqualTo(Rate.valueOf("60/60s")).isNotEqualTo(Rate.valueOf("1/s"));
	}

	@Test
	void anIntervalThatIsNoWholeNumberIsRoundedUpSoThatTheRateHolds() {
		assertThat(RateLimit.of(Rate.valueOf("3/s"), 3).interval()).isEqualTo(333_333_334);
		assertThat(RateLimit.of(Rate.valueOf("1000000000/s"), 1).interval()).isEqualTo(1);
	}

}
