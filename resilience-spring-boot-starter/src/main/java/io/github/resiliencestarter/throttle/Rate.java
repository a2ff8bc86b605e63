package io.github.resiliencestarter.throttle;

import java.time.Duration;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.format.annotation.DurationFormat.Unit;

/**
 * A number of permits for a time, such as 100 for a second. Immutable.
 */
public final class Rate {

	static final String REMEDY = "Write permits/time, such as 100/s, 5/10s or 1000/1h (units ns, us, ms, s, m, h, d); "
			+ "at most one permit in a nanosecond.";

	private static final Pattern FORM = Pattern.compile("(\\d{1,18})\\s*/\\s*(\\d{0,18})\\s*(ns|us|ms|s|m|h|d)");

	private final long permits;

	private final Duration period;

	private final String text;

	private Rate(long permits, Duration period, String text) {
		this.permits = permits;
		this.period = period;
		this.text = text;
	}

	/**
	 * Read a rate.
	 * @param text permits and time, such as {@code 100/s}, {@code 5/10s} or
	 * {@code 1000/1h}; units are {@code ns}, {@code us}, {@code ms}, {@code s},
	 * {@code m}, {@code h} and {@code d}
	 * @return the rate
	 * @throws IllegalArgumentException if the text is of another form, the permits or the
	 * time are zero, or there is more than one permit in a nanosecond
	 */
	public static Rate valueOf(String text) {
		Matcher matcher = FORM.matcher(text.trim());
		if (!matcher.matches()) {
			throw invalid(text);
		}
		try {
			long permits = Long.parseLong(matcher.group(1));
			long units = matcher.group(2).isEmpty() ? 1 : Long.parseLong(matcher.group(2));
			Duration period = Duration.of(units, Unit.fromSuffix(matcher.group(3)).asChronoUnit());
			if (permits < 1 || period.toNanos() < permits) {
				throw invalid(text);
			}
			return new Rate(permits, period, text.trim());
		}
		catch (ArithmeticException ex) {
			throw invalid(text);
		}
	}

	private static IllegalArgumentException invalid(String text) {
		return new IllegalArgumentException("'" + text + "' is no rate. " + REMEDY);
	}

	/**
	 * Return the number of permits.
	 * @return the number, at least 1
	 */
	public long permits() {
		return this.permits;
	}

	/**
	 * Return the time for which the permits are.
	 * @return the duration, at least one nanosecond for each permit
	 */
	public Duration period() {
		return this.period;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof Rate rate && this.permits == rate.permits && this.period.equals(rate.period);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.permits, this.period);
	}

	/**
	 * Return the rate as it was written.
	 */
	@Override
	public String toString() {
		return this.text;
	}

}
