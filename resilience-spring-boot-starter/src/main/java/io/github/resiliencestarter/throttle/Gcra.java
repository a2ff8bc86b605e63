package io.github.resiliencestarter.throttle;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The generic cell rate algorithm (ITU-T I.371), as virtual scheduling: all that is known
 * of a limit's past is the moment at which its last permit would be back if no other were
 * taken, the <em>theoretical arrival time</em>. That moment is the whole state and one
 * {@code long}, so taking a permit is one compare-and-set and allocates nothing.
 * <p>
 * With interval {@code T}, burst {@code b} and moment {@code tat}, a permit is free at
 * {@code now} if {@code max(tat, now) + T - b * T <= now}, and taking it moves
 * {@code tat} to {@code max(tat, now) + T}. A permit that is free only later can be
 * reserved by the same step: those who wait are served in the order of their
 * reservations.
 * <p>
 * <em>Invariant:</em> a {@code tat} is only ever read together with the rate under which
 * it was written. The rate is final; whoever wants another one, or drops the state,
 * {@linkplain #freeze() freezes} it first, after which no permit can be taken from it. So
 * a change of the rate, or the eviction of a key, loses no permit that another thread is
 * just taking. The lowest bit of the {@code long} is the frozen mark, which leaves 146
 * years for the moment.
 */
@SuppressWarnings("serial")
final class Gcra extends AtomicLong {

	/** Returned by {@link #take}: this state is frozen, ask for the current one. */
	static final long FROZEN = Long.MIN_VALUE;

	private static final long MARK = 1;

	private final RateLimit limit;

	/**
	 * Create the state.
	 * @param limit the limit
	 * @param tat the moment at which all permits are back
	 */
	Gcra(RateLimit limit, long tat) {
		super(tat << 1);
		this.limit = limit;
	}

	/**
	 * Create a state that gives no permit.
	 * @return the state
	 */
	static Gcra frozen() {
		Gcra frozen = new Gcra(RateLimit.of(Rate.valueOf("1/s"), 1), 0);
		frozen.freeze();
		return frozen;
	}

	RateLimit limit() {
		return this.limit;
	}

	/**
	 * Take a permit.
	 * @param now the moment
	 * @param longestWait how many nanoseconds the caller would wait for it
	 * @return how long the caller has to wait before it uses the permit, zero for not at
	 * all; if no permit was taken, the wait that would have been necessary, negated; or
	 * {@link #FROZEN}
	 */
	long take(long now, long longestWait) {
		while (true) {
			long state = get();
			if ((state & MARK) != 0) {
				return FROZEN;
			}
			long next = Math.max(state >> 1, now) + this.limit.interval();
			long wait = next - this.limit.capacity() - now;
			if (wait > 0 && wait > longestWait) {
				return -wait;
			}
			if (compareAndSet(state, next << 1)) {
				return Math.max(0, wait);
			}
		}
	}

	/**
	 * Give a permit back that was not used. Where nobody has taken one since, the state
	 * is as before. Where others wait for permits that follow it, nothing comes back:
	 * their moments are set, and the gap before them cannot be filled. Otherwise as much
	 * comes back as can be without ever admitting more than if the permit had not been
	 * taken: its interval without the time that has passed, because in that time it may
	 * have come back by itself already. A permit that was free when it was taken so makes
	 * room for a call at once.
	 * @param takenAt when it was taken
	 * @param wait what {@link #take} returned then
	 * @param now the moment
	 */
	void giveBack(long takenAt, long wait, long now) {
		if (wait > 0 && undo(takenAt + wait + this.limit.capacity())) {
			return;
		}
		long unused = this.limit.interval() - (now - takenAt);
		if (unused > 0) {
			getAndUpdate((state) -> canGiveBack(state, now) ? state - (unused << 1) : state);
		}
	}

	private boolean undo(long tat) {
		return compareAndSet(tat << 1, (tat - this.limit.interval()) << 1);
	}

	private boolean canGiveBack(long state, long now) {
		return (state & MARK) == 0 && (state >> 1) - now <= this.limit.capacity();
	}

	/**
	 * Return what is owed.
	 * @param now the moment
	 * @return the nanoseconds until all permits are back, negative if they have been for
	 * some time
	 */
	long debt(long now) {
		return (get() >> 1) - now;
	}

	/**
	 * End this state: no permit is taken from it any more.
	 * @return the moment at which all permits would be back, final
	 */
	long freeze() {
		return getAndUpdate((state) -> state | MARK) >> 1;
	}

	/**
	 * Go on under another limit: as many permits are left as were, or the new burst if
	 * that is less; reservations stay reserved.
	 * @param other the other limit
	 * @param now the moment
	 * @return the state under the other limit
	 */
	Gcra continuedAs(RateLimit other, long now) {
		long debt = Math.max(0, freeze() - now);
		double left = (double) (this.limit.capacity() - debt) / this.limit.interval();
		double used = other.burst() - Math.min(left, other.burst());
		return new Gcra(other, now + (long) Math.ceil(used * other.interval()));
	}

}
