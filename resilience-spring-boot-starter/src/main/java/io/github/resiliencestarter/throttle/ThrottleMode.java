package io.github.resiliencestarter.throttle;

/**
 * What a throttle does with its verdict.
 */
public enum ThrottleMode {

	/** Refuses calls beyond the limits. */
	ON,

	/** Decides and counts, but neither refuses calls nor lets them wait. */
	SHADOW,

	/** Does nothing. */
	OFF

}
