package io.github.resiliencestarter.circuitbreaker;

/**
 * The outcomes that a closed breaker judges by. Not thread-safe: {@link ClosedPhase}
 * enters the breaker's lock around every use.
 */
sealed interface Window permits CountWindow, TimeWindow {

	/**
	 * Make an empty window.
	 * @param kind which calls it holds
	 * @param now the time
	 * @return the window
	 */
	static Window of(SlidingWindow kind, long now) {
		if (kind instanceof SlidingWindow.LastWhile last) {
			return new TimeWindow(BreakerConfig.nanos(last.time()), now);
		}
		return new CountWindow(((SlidingWindow.LastCalls) kind).number());
	}

	/**
	 * Add fast successes, as of the last {@link #advanceTo}.
	 * @param count how many
	 */
	void addSuccesses(long count);

	/**
	 * Add one outcome, as of the last {@link #advanceTo}.
	 * @param failed whether the call failed
	 * @param slow whether it was slow
	 */
	void add(boolean failed, boolean slow);

	/**
	 * Let go of what has become too old.
	 * @param now the time
	 */
	void advanceTo(long now);

	/**
	 * Return when {@link #advanceTo} will next make a difference.
	 * @return the time
	 */
	long constantUntil();

	CallTotals totals();

}
