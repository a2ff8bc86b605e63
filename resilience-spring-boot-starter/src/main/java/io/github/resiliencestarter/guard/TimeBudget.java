package io.github.resiliencestarter.guard;

/**
 * The moment by which the current thread's call must have ended, as nested limits have
 * left it. One mutable object for each thread, so that opening a limit allocates nothing.
 * <p>
 * Whoever shortens the budget restores it in a {@code finally} block. Guards that wait
 * look here first; {@code deadline.Deadline} is the view of it that applications see.
 */
public final class TimeBudget {

	/** The value of {@link #expiresAt()} where no limit is set. */
	public static final long UNLIMITED = Long.MAX_VALUE;

	/**
	 * The key under which contexts that follow a call to other threads carry
	 * {@link #expiresAt()}.
	 */
	public static final String CONTEXT_KEY = "resilience.deadline";

	private static final ThreadLocal<TimeBudget> OF_THREAD = ThreadLocal.withInitial(TimeBudget::new);

	private long expiresAt = UNLIMITED;

	private TimeBudget() {
	}

	/**
	 * Return the calling thread's budget, which is only to be used on this thread.
	 * @return the budget
	 */
	public static TimeBudget ofThread() {
		return OF_THREAD.get();
	}

	/**
	 * Return the moment at which the budget is used up.
	 * @return a moment of {@link MonotonicClock#nanoTime()}, or {@link #UNLIMITED}
	 */
	public long expiresAt() {
		return this.expiresAt;
	}

	/**
	 * Return what is left.
	 * @param now the current {@link MonotonicClock#nanoTime()}
	 * @return the nanoseconds, negative if the moment has passed, {@link #UNLIMITED} if
	 * there is no limit
	 */
	public long remaining(long now) {
		return (this.expiresAt != UNLIMITED) ? this.expiresAt - now : UNLIMITED;
	}

	/**
	 * Set an earlier end; a later one changes nothing.
	 * @param end a moment of {@link MonotonicClock#nanoTime()}
	 * @return what to give to {@link #restore(long)} afterwards
	 */
	public long shortenTo(long end) {
		long previous = this.expiresAt;
		if (end < previous) {
			this.expiresAt = end;
		}
		return previous;
	}

	/**
	 * Set the end as it was before.
	 * @param previous what {@link #shortenTo(long)} returned, or the end of another
	 * thread's budget that is carried over to this one
	 */
	public void restore(long previous) {
		this.expiresAt = previous;
	}

}
