package io.github.resiliencestarter.web;

import java.time.Duration;

/**
 * Durations as HTTP header fields have them.
 */
final class WholeSeconds {

	private WholeSeconds() {
	}

	/**
	 * Round up, so that nobody comes back too early.
	 * @param duration a duration
	 * @return its seconds, at least 1
	 */
	static long of(Duration duration) {
		long seconds = duration.getSeconds();
		return Math.max(1, (duration.getNano() > 0) ? seconds + 1 : seconds);
	}

	static String spelled(long seconds) {
		return (seconds == 1) ? "1 second" : seconds + " seconds";
	}

}
