package io.github.resiliencestarter.circuitbreaker;

import java.util.function.DoubleSupplier;

/**
 * How long a breaker stays open: longer with each opening that follows a failed trial,
 * and not the same on every instance, so that they do not probe in step.
 *
 * @param nanos the time of the first opening
 * @param multiplier the factor from one opening to the next
 * @param mostNanos what the factor leads to at most
 * @param jitter the share by which the time is randomly lengthened or shortened
 */
record OpenTime(long nanos, double multiplier, long mostNanos, double jitter) {

	/**
	 * Choose the time of an opening.
	 * @param earlierOpenings how many openings in a row came before it
	 * @param random gives numbers from 0 to 1
	 * @return the time in nanoseconds
	 */
	long next(int earlierOpenings, DoubleSupplier random) {
		double most = Math.max(this.nanos, this.mostNanos);
		double grown = Math.min(this.nanos * Math.pow(this.multiplier, earlierOpenings), most);
		double spread = (this.jitter > 0) ? this.jitter * (2 * random.getAsDouble() - 1) : 0;
		return Math.max(1, (long) (grown * (1 + spread)));
	}

}
