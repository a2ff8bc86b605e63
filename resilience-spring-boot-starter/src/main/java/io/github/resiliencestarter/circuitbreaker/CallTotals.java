package io.github.resiliencestarter.circuitbreaker;

/**
 * The calls in a window. A call that fails and is slow is one call.
 *
 * @param calls all of them
 * @param failed those that failed
 * @param slow those that were slow
 */
record CallTotals(long calls, long failed, long slow) {

	static final CallTotals NONE = new CallTotals(0, 0, 0);

	CallTotals plus(boolean failed, boolean slow) {
		return new CallTotals(this.calls + 1, this.failed + (failed ? 1 : 0), this.slow + (slow ? 1 : 0));
	}

	double failureRate() {
		return percentage(this.failed);
	}

	double slowCallRate() {
		return percentage(this.slow);
	}

	private double percentage(long part) {
		return (this.calls > 0) ? 100.0 * part / this.calls : 0;
	}

}
