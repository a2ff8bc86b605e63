package io.github.resiliencestarter.timeout;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

import io.github.resiliencestarter.guard.TimeBudget;

/**
 * Where one thread publishes the moment at which it wants to be interrupted. It has one
 * word, {@code end}, and everything is said by who may change it from what to what: <pre>
 * IDLE  &lt;-- arm, disarm --&gt;  a moment        by the owner
 *                              |     ^
 *                        claim |     | the flag is another's: later, perhaps
 *                              v     |
 *                             FIRING ----&gt; FIRED           by the watch
 *                                            |
 *                 the flag is cleared, then: +--&gt; IDLE or the outer moment, by the owner
 * </pre> <b>Invariant.</b> The watch interrupts only between its own
 * {@code moment -> FIRING} and the {@code FIRED} that follows; the owner leaves
 * {@link #disarm} only by its own compare-and-set from a moment, after which no claim of
 * that moment can succeed, or from FIRED, after which the interrupt lies behind it and
 * has been cleared. So no interrupt arrives after the call. The watch never changes IDLE,
 * which is why the owner leaves it with a plain release. Compare-and-set knows no
 * confusion of old and new calls here: a moment that has passed has passed for whichever
 * call of this thread stands in the slot.
 * <p>
 * The watch never interrupts a thread whose flag is already set; it looks again later. So
 * a flag that the caller brought along is not ours to clear, and stays.
 * <p>
 * Nested limits share the slot. It holds the earliest; an inner limit that is not earlier
 * changes nothing, one that is gives the outer moment back when it ends, and if that has
 * passed too, the watch interrupts once more: no limit's interrupt is lost to another.
 */
final class Slot extends SlotPadding {

	static final long IDLE = Long.MAX_VALUE;

	private static final long FIRING = -1;

	private static final long FIRED = -2;

	private static final VarHandle END;

	private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

	static {
		try {
			END = MethodHandles.lookup().findVarHandle(Slot.class, "end", long.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final Thread owner;

	private final TimeBudget budget;

	private volatile long end = IDLE;

	private volatile long[] inTime = new long[0];

	Slot(Thread owner, TimeBudget budget) {
		this.owner = owner;
		this.budget = budget;
	}

	/**
	 * Return the owner's budget, which is only to be used on the owner's thread.
	 * @return the budget
	 */
	TimeBudget budget() {
		return this.budget;
	}

	/**
	 * Ask to be interrupted at a moment, unless an outer limit asks for an earlier one.
	 * By the owner.
	 * @param moment the moment, not negative
	 * @return what to give to {@link #disarm}
	 */
	long arm(long moment) {
		long outer = this.end;
		if (outer == IDLE) {
			END.setRelease(this, moment);
			// the compiler, too, has what follows read after this was written
			VarHandle.acquireFence();
			return IDLE;
		}
		if (outer <= moment) {
			return outer;
		}
		return END.compareAndSet(this, outer, moment) ? outer : FIRING;
	}

	/**
	 * Ask no more. By the owner, once for each {@link #arm}, innermost first.
	 * @param moment the moment
	 * @param outer what {@link #arm} returned
	 * @return whether the moment has come
	 */
	boolean disarm(long moment, long outer) {
		if (outer <= moment) {
			return this.end < 0;
		}
		while (!END.compareAndSet(this, moment, outer)) {
			if (this.end == FIRED) {
				Thread.interrupted();
				this.end = outer;
				return true;
			}
			Thread.yield();
		}
		return false;
	}

	/**
	 * Interrupt the owner if its moment has come. By the watch.
	 * @param now the current moment
	 */
	void fire(long now) {
		long moment = this.end;
		if (moment < 0 || moment > now || !END.compareAndSet(this, moment, FIRING)) {
			return;
		}
		if (this.owner.isInterrupted()) {
			this.end = moment;
			return;
		}
		try {
			this.owner.interrupt();
		}
		finally {
			this.end = FIRED;
		}
	}

	/**
	 * Return when the owner wants to be interrupted.
	 * @return the moment, or {@link #IDLE} if not, or not again
	 */
	long moment() {
		long moment = this.end;
		return (moment >= 0) ? moment : IDLE;
	}

	/**
	 * Count a call that ended in time. By the owner alone, so that counting needs no
	 * atomic instruction.
	 * @param counter the counter's index
	 */
	void countInTime(int counter) {
		long[] counts = this.inTime;
		if (counter >= counts.length) {
			counts = Arrays.copyOf(counts, counter + 1);
			this.inTime = counts;
		}
		COUNT.setOpaque(counts, counter, (long) COUNT.getOpaque(counts, counter) + 1);
	}

	/**
	 * Return how many calls ended in time. By anyone.
	 * @param counter the counter's index
	 * @return the number
	 */
	long inTime(int counter) {
		long[] counts = this.inTime;
		return (counter < counts.length) ? (long) COUNT.getOpaque(counts, counter) : 0;
	}

	int counters() {
		return this.inTime.length;
	}

	boolean isAbandoned() {
		return !this.owner.isAlive();
	}

}
