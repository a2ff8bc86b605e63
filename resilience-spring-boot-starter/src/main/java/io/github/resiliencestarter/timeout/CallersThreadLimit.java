package io.github.resiliencestarter.timeout;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.EntryCheck;
import io.github.resiliencestarter.guard.GuardedAction;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;

/**
 * Runs things on the caller's thread, interrupts it at the limit, and turns whatever
 * comes after the watch has seen the limit pass into a time-out: a result that is there
 * within the watch's resolution after the limit is not thrown away. One reading of the
 * clock and one compare-and-set are the whole cost; nothing is allocated.
 */
final class CallersThreadLimit implements TimeLimit {

	private final long limit;

	private final boolean outermost;

	private final TimeoutInstance instance;

	private final Watch watch;

	private final MonotonicClock clock;

	private final EntryCheck entry;

	/**
	 * Create the limit.
	 * @param limit the limit, or {@code null} if only the caller's deadline counts
	 * @param outermost whether it counts the calls that end in time: the inner of two
	 * limits of one method does not
	 * @param parts what all guards share
	 * @param entry asked if nothing is left of the caller's time
	 */
	CallersThreadLimit(@Nullable Duration limit, boolean outermost, TimeoutParts parts, EntryCheck entry) {
		this.limit = TimeLimits.nanos(limit);
		this.outermost = outermost;
		this.instance = parts.instance();
		this.watch = parts.watch();
		this.clock = parts.clock();
		this.entry = entry;
	}

	@Override
	public <C, R extends @Nullable Object, X extends Throwable> R call(GuardedAction<C, R, X> action, C call) throws X {
		long start = this.clock.nanoTime();
		Slot slot = this.watch.slotOfThread();
		TimeBudget budget = slot.budget();
		long previous = budget.shortenTo(start + this.limit);
		if (previous <= start) {
			this.entry.enter(this.instance.name());
		}
		long end = budget.expiresAt();
		long outer = slot.arm(end);
		R result;
		try {
			this.watch.published(end);
			result = action.call(call);
		}
		catch (Throwable failure) {
			boolean late = leave(slot, previous, end, outer, true);
			if (late && !(failure instanceof Error)) {
				throw this.instance.timedOut(end - start, failure);
			}
			if (!late && !this.instance.isSource(failure)) {
				countInTime(slot);
			}
			throw failure;
		}
		if (leave(slot, previous, end, outer, false)) {
			throw this.instance.timedOut(end - start, null);
		}
		countInTime(slot);
		return result;
	}

	/**
	 * Take the limit back. A result is not late before the watch says so, which saves a
	 * reading of the clock. A failure may be that of a wait further in, which ended at
	 * the same moment, and a thread that is interrupted already is left alone by the
	 * watch.
	 */
	private boolean leave(Slot slot, long previous, long end, long outer, boolean failed) {
		boolean late = slot.disarm(end, outer)
				|| ((failed || Thread.currentThread().isInterrupted()) && this.clock.nanoTime() >= end);
		slot.budget().restore(previous);
		if (late && outer > end) {
			// while ours had fired, a scan could not see the outer limit's moment
			this.watch.published(outer);
		}
		return late;
	}

	private void countInTime(Slot slot) {
		if (this.outermost) {
			this.instance.succeededOn(slot);
		}
	}

}
