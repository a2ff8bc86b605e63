package io.github.resiliencestarter.circuitbreaker;

import java.time.Duration;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * Which calls a circuit breaker judges by: the last so many, or those of the last while.
 */
public sealed interface SlidingWindow {

	/**
	 * Read a window, as annotations and properties write it.
	 * @param text a number such as {@code 100}, or a duration with a unit such as
	 * {@code 30s} or {@code PT30S}
	 * @return the window
	 * @throws IllegalArgumentException if the text is neither
	 */
	static SlidingWindow of(String text) {
		String trimmed = text.trim();
		if (trimmed.chars().allMatch(Character::isDigit)) {
			return new LastCalls(Integer.parseInt(trimmed));
		}
		return new LastWhile(DurationFormatterUtils.detectAndParse(trimmed, DurationFormat.Unit.MILLIS));
	}

	/**
	 * The last calls.
	 *
	 * @param number how many, from 1 to 1000000
	 */
	record LastCalls(int number) implements SlidingWindow {

		private static final int MOST = 1_000_000;

		public LastCalls {
			if (number < 1 || number > MOST) {
				throw new IllegalArgumentException("A sliding window holds 1 to " + MOST + " calls, not " + number);
			}
		}

		@Override
		public String toString() {
			return Integer.toString(this.number);
		}

	}

	/**
	 * The calls of the last while.
	 *
	 * @param time how long, from 1 ms to 30 days
	 */
	record LastWhile(Duration time) implements SlidingWindow {

		private static final Duration LEAST = Duration.ofMillis(1);

		private static final Duration MOST = Duration.ofDays(30);

		public LastWhile {
			if (time.compareTo(LEAST) < 0 || time.compareTo(MOST) > 0) {
				throw new IllegalArgumentException("A sliding window lasts 1 ms to 30 days, not " + time);
			}
		}

		@Override
		public String toString() {
			return this.time.toString();
		}

	}

}
