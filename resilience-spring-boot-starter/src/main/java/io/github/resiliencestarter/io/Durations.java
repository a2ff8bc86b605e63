package io.github.resiliencestarter.io;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * Durations as people read and write them.
 */
final class Durations {

	private Durations() {
	}

	/**
	 * Print a time-out.
	 * @return such as {@code 5s}, or {@code null} where 0 or nothing means for ever
	 */
	static @Nullable String print(@Nullable Duration timeout) {
		return (timeout != null && !timeout.isNegative() && !timeout.isZero())
				? DurationFormatterUtils.print(timeout, DurationFormat.Style.COMPOSITE) : null;
	}

}
