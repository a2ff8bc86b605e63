package io.github.resiliencestarter.timeout;

import java.time.Duration;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;

/**
 * Runs the rest of the chain on the caller's thread, interrupts it at the limit, and
 * turns whatever comes after the watch has seen the limit pass into a time-out: a result
 * that is there within the watch's resolution after the limit is not thrown away. One
 * reading of the clock and two compare-and-sets are the whole cost; nothing is allocated.
 */
final class CallersThreadGuard implements Guard {

	private final Guard next;

	private final long limit;

	private final boolean outermost;

	private final TimeoutInstance instance;

	private final Watch watch;

	private final MonotonicClock clock;

	/**
	 * Create the guard.
	 * @param next the rest of the chain
	 * @param limit the limit, or {@code null} if only the caller's deadline counts
	 * @param outermost whether it counts the calls that end in time: the inner of two
	 * guards of one method does not
	 * @param parts what all guards share
	 */
	CallersThreadGuard(Guard next, @Nullable Duration limit, boolean outermost, TimeoutParts parts) {
		this.next = next;
		this.limit = TimeLimits.nanos(limit);
		this.outermost = outermost;
		this.instance = parts.instance();
		this.watch = parts.watch();
		this.clock = parts.clock();
	}

	@Override
	public @Nullable Object call(MethodInvocation call) throws Throwable {
		long start = this.clock.nanoTime();
		Slot slot = this.watch.slotOfThread();
		TimeBudget budget = slot.budget();
		long previous = budget.shortenTo(start + this.limit);
		long end = budget.expiresAt();
		long outer = slot.arm(end);
		Object result = null;
		Throwable failure = null;
		try {
			this.watch.published(end);
			result = this.next.call(call);
		}
		catch (Throwable ex) {
			failure = ex;
		}
		boolean late = slot.disarm(end, outer) || isLate(end, failure);
		budget.restore(previous);
		if (late && outer > end) {
			// while ours had fired, a scan could not see the outer limit's moment
			this.watch.published(outer);
		}
		if (late) {
			throw late(end - start, failure);
		}
		return inTime(slot, result, failure);
	}

	/**
	 * A result is not late before the watch says so, which saves a reading of the clock.
	 * A failure may be that of a wait further in, which ended at the same moment, and a
	 * thread that is interrupted already is left alone by the watch.
	 */
	private boolean isLate(long end, @Nullable Throwable failure) {
		return (failure != null || Thread.currentThread().isInterrupted()) && this.clock.nanoTime() >= end;
	}

	@Override
	public boolean refuses() {
		return this.next.refuses();
	}

	private Throwable late(long limit, @Nullable Throwable failure) {
		return (failure instanceof Error) ? failure : this.instance.timedOut(limit, failure);
	}

	private @Nullable Object inTime(Slot slot, @Nullable Object result, @Nullable Throwable failure) throws Throwable {
		if (this.outermost && !this.instance.isSource(failure)) {
			this.instance.succeededOn(slot);
		}
		if (failure != null) {
			throw failure;
		}
		return result;
	}

}
