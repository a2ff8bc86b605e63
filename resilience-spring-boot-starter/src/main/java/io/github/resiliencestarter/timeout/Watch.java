package io.github.resiliencestarter.timeout;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;

/**
 * Knows all calls in flight that have a limit, and ends those whose moment has come.
 * Calls on their caller's thread stand in the thread's {@link Slot}, all others are
 * {@link Expiry}s.
 * <p>
 * <b>Invariant.</b> {@code wakeAt} is never later than the moment of any call in flight,
 * unless a {@link #scan} is under way or the waker has been called since the last one.
 * Callers publish their moment, then read {@code wakeAt} and call the waker if it is
 * later; a scan publishes {@code wakeAt}, then looks at all moments once more, so at
 * least one of the two sees the other. Callers lower {@code wakeAt} by compare-and-set,
 * so that one of them calls the waker, not all.
 * <p>
 * No fence is between a {@link Slot}'s moment and the reading of {@code wakeAt}: it would
 * be a sixth of a call's cost. A processor may then have read {@code wakeAt} while the
 * moment is still in its store buffer, where that one scan does not see it. Therefore
 * every scan that raises {@code wakeAt} has another look a millisecond later, and the
 * watch sleeps only if that finds nothing. A store buffer empties in far less, and
 * whenever its thread is switched. This is about the watch being awake; that no interrupt
 * comes late depends on {@link Slot}'s compare-and-set alone.
 * <p>
 * A moment once asked for stays in {@code wakeAt} until it has passed, even if its call
 * is long over: short calls in a row would otherwise each wake the watch from its idle
 * sleep. It costs at most one wake-up for each duration of a limit.
 */
final class Watch {

	static final long NEVER = Slot.IDLE;

	/** After this time another thread's moment is certainly seen. */
	private static final long SECOND_LOOK = TimeUnit.MILLISECONDS.toNanos(1);

	private static final VarHandle WAKE_AT;

	static {
		try {
			WAKE_AT = MethodHandles.lookup().findVarHandle(Watch.class, "wakeAt", long.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final MonotonicClock clock;

	private final Executor executor;

	private final Runnable waker;

	private final SlotTable slots = new SlotTable();

	private final ThreadLocal<Slot> slotOfThread = ThreadLocal.withInitial(this::newSlot);

	private final ConcurrentSkipListSet<Expiry> expiries = new ConcurrentSkipListSet<>();

	private final AtomicLong places = new AtomicLong();

	private final AtomicInteger counters = new AtomicInteger();

	private volatile long wakeAt = NEVER;

	/**
	 * Create a watch.
	 * @param clock the clock
	 * @param executor does what is to be done at expiries: application code may hang on
	 * it, which must not hold up the watch
	 * @param waker has {@link #scan} called soon
	 */
	Watch(MonotonicClock clock, Executor executor, Runnable waker) {
		this.clock = clock;
		this.executor = executor;
		this.waker = waker;
	}

	private Slot newSlot() {
		Slot slot = new Slot(Thread.currentThread(), TimeBudget.ofThread());
		this.slots.add(slot);
		return slot;
	}

	Slot slotOfThread() {
		return this.slotOfThread.get();
	}

	/**
	 * Make a counter of calls that end in time on their callers' threads.
	 * @return the counter's index
	 */
	int newCounter() {
		return this.counters.getAndIncrement();
	}

	long inTime(int counter) {
		return this.slots.inTime(counter);
	}

	/**
	 * Say that a moment was published.
	 * @param moment the moment
	 */
	void published(long moment) {
		if (moment < this.wakeAt) {
			lowerAndWake(moment);
		}
	}

	private void lowerAndWake(long moment) {
		long current = this.wakeAt;
		while (moment < current) {
			if (WAKE_AT.compareAndSet(this, current, moment)) {
				this.waker.run();
				return;
			}
			current = this.wakeAt;
		}
	}

	/**
	 * Take a place among limits that end at one moment: those inside, which take theirs
	 * later, end earlier.
	 * @return the place
	 */
	long enter() {
		return this.places.getAndIncrement();
	}

	/**
	 * Have something done at a moment.
	 * @param moment the moment
	 * @param place what {@link #enter} returned
	 * @param action what is done, on the executor
	 * @return what to give to {@link #cancel}
	 */
	Expiry schedule(long moment, long place, Runnable action) {
		Expiry expiry = new Expiry(moment, place, action);
		this.expiries.add(expiry);
		VarHandle.fullFence();
		published(moment);
		return expiry;
	}

	void cancel(Expiry expiry) {
		this.expiries.remove(expiry);
	}

	/**
	 * End the calls whose moment has come. Called by one thread at a time.
	 * @return when to call again unless woken, or {@link #NEVER}
	 */
	long scan() {
		long now = this.clock.nanoTime();
		long asked = this.wakeAt;
		this.slots.all().forEach((slot) -> slot.fire(now));
		fireExpiries(now);
		long next = Math.min(earliest(), (asked > now) ? asked : NEVER);
		long replaced = Math.min((long) WAKE_AT.getAndSet(this, next), asked);
		VarHandle.fullFence();
		long late = earliest();
		if (late < next) {
			this.wakeAt = late;
		}
		long wakeAt = Math.min(late, next);
		return (wakeAt > replaced) ? Math.min(wakeAt, now + SECOND_LOOK) : wakeAt;
	}

	private long earliest() {
		long earliest = this.expiries.isEmpty() ? NEVER : earliestExpiry();
		for (Slot slot : this.slots.all()) {
			earliest = Math.min(earliest, slot.moment());
		}
		return earliest;
	}

	private long earliestExpiry() {
		for (Expiry expiry : this.expiries) {
			return expiry.moment();
		}
		return NEVER;
	}

	private void fireExpiries(long now) {
		List<Expiry> due = new ArrayList<>();
		for (Expiry expiry : this.expiries) {
			if (expiry.moment() > now) {
				break;
			}
			this.expiries.remove(expiry);
			due.add(expiry);
		}
		int from = 0;
		for (int to = 1; to <= due.size(); to++) {
			if (to == due.size() || due.get(to).moment() != due.get(from).moment()) {
				execute(due.subList(from, to));
				from = to;
			}
		}
	}

	// equal moments are nested limits of one call: the inner one ends first
	private void execute(List<Expiry> nested) {
		this.executor.execute(() -> nested.forEach((expiry) -> expiry.action().run()));
	}

}
