package io.github.resiliencestarter.timeout;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * Writes durations as they are written in annotations.
 */
final class TimeText {

	private TimeText() {
	}

	/**
	 * Leave out what is below a millisecond, unless nothing would be left.
	 * @param duration the duration
	 * @return the duration that is told
	 */
	static Duration rounded(Duration duration) {
		return (duration.toMillis() > 0) ? duration.truncatedTo(ChronoUnit.MILLIS) : duration;
	}

	static String of(Duration duration) {
		Duration shown = rounded(duration);
		return shown.isZero() ? "0s" : DurationFormatterUtils.print(shown, DurationFormat.Style.COMPOSITE);
	}

}
