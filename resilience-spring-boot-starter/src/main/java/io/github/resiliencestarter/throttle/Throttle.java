package io.github.resiliencestarter.throttle;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.CallRejectedException;
import io.github.resiliencestarter.guard.GuardedAction;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;

/**
 * The state behind one name: the permits of the rate, the slots of calls in flight, and
 * the counters. A call first takes a slot, then a permit, so a refusal for lack of a slot
 * costs no permit; whoever is refused a permit leaves the slot. Both waits together never
 * exceed the longest wait, nor what is left of the caller's time.
 * <p>
 * Thread-safe. A call that is let in at once reads the clock once and allocates nothing.
 */
final class Throttle {

	private final String name;

	private final ThrottleSettings settings;

	private final MonotonicClock clock;

	private final long maxWait;

	private final boolean shadow;

	private final @Nullable Permits permits;

	private final @Nullable SlotPool slots;

	private final LongAdder permitted = new LongAdder();

	private final LongAdder rejected = new LongAdder();

	private volatile Limits limits;

	/**
	 * Create the state.
	 * @param name the throttle's name
	 * @param settings what it limits
	 * @param permits where the rate's permits come from, {@code null} if it has none
	 * @param clock the clock
	 */
	Throttle(String name, ThrottleSettings settings, @Nullable Permits permits, MonotonicClock clock) {
		this.name = name;
		this.settings = settings;
		this.limits = Limits.of(settings);
		this.permits = permits;
		this.slots = (settings.concurrency() != null) ? new SlotPool(() -> this.limits.concurrency()) : null;
		this.maxWait = saturated(settings.waitOrDefault());
		this.shadow = settings.modeOrDefault() == ThrottleMode.SHADOW;
		this.clock = clock;
	}

	private static long saturated(Duration duration) {
		return (duration.getSeconds() < Integer.MAX_VALUE) ? duration.toNanos() : Long.MAX_VALUE >> 2;
	}

	String name() {
		return this.name;
	}

	ThrottleSettings settings() {
		return this.settings;
	}

	/**
	 * Run something if it is let in. In shadow mode it runs all the same, and the refusal
	 * is only counted.
	 * @param key the key, {@code null} if there are none
	 * @param action what is run
	 * @param call what it is called with
	 * @return the action's result
	 * @throws X what the action throws
	 * @throws ThrottledException if there is no slot or no permit in time
	 */
	<C, R extends @Nullable Object, X extends Throwable> R call(@Nullable Object key, GuardedAction<C, R, X> action,
			C call) throws X {
		long takenAt;
		try {
			takenAt = admit(key);
		}
		catch (ThrottledException refused) {
			if (this.shadow) {
				return action.call(call);
			}
			throw refused;
		}
		try {
			return action.call(call);
		}
		catch (CallRejectedException refusedFurtherIn) {
			giveBack(key, takenAt);
			throw refusedFurtherIn;
		}
		finally {
			leave(key);
		}
	}

	/**
	 * Let a call in.
	 * @param key the key, {@code null} if there are none
	 * @return the moment at which its permit was taken
	 * @throws ThrottledException if there is no slot or no permit in time
	 */
	long admit(@Nullable Object key) {
		SlotPool pool = this.slots;
		if (pool == null) {
			return takePermit(key, this.maxWait);
		}
		long patience = pool.tryEnter(key) ? this.maxWait : waitForSlot(pool, key);
		try {
			return takePermit(key, patience);
		}
		catch (Throwable refused) {
			pool.leave(key);
			throw refused;
		}
	}

	/**
	 * The call has ended.
	 * @param key the key it was let in with
	 */
	void leave(@Nullable Object key) {
		if (this.slots != null) {
			this.slots.leave(key);
		}
	}

	/**
	 * The method did not run: another guard, further in, refused the call.
	 * @param key the key it was let in with
	 * @param takenAt what {@link #admit} returned
	 */
	void giveBack(@Nullable Object key, long takenAt) {
		RateLimit limit = this.limits.rate();
		if (this.permits != null && limit != null) {
			this.permits.giveBack(key, limit, takenAt, 0, this.clock.nanoTime());
		}
	}

	private long waitForSlot(SlotPool pool, @Nullable Object key) {
		long began = this.clock.nanoTime();
		long patience = this.shadow ? 0 : patience(began, this.maxWait);
		try {
			if (patience > 0 && pool.enter(key, patience)) {
				return Math.max(0, patience - (this.clock.nanoTime() - began));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		throw refusedBySlots(key);
	}

	private long takePermit(@Nullable Object key, long patience) {
		long now = 0;
		RateLimit limit = this.limits.rate();
		if (this.permits != null && limit != null) {
			now = this.clock.nanoTime();
			long wait = this.permits.take(key, limit, now, 0);
			if (wait < 0) {
				waitForPermit(this.permits, key, limit, now, patience(now, patience), wait);
			}
		}
		this.permitted.increment();
		return now;
	}

	private void waitForPermit(Permits permits, @Nullable Object key, RateLimit limit, long now, long patience,
			long refused) {
		long wait = (-refused <= patience) ? permits.take(key, limit, now, patience) : refused;
		if (wait < 0) {
			throw refusedByRate(limit, -wait);
		}
		if (this.shadow) {
			return;
		}
		try {
			this.clock.sleep(wait);
		}
		catch (InterruptedException ex) {
			permits.giveBack(key, limit, now, wait, this.clock.nanoTime());
			Thread.currentThread().interrupt();
			throw refusedByRate(limit, wait);
		}
	}

	private static long patience(long now, long longest) {
		return (longest > 0) ? Math.min(longest, TimeBudget.ofThread().remaining(now)) : 0;
	}

	private ThrottledException refusedByRate(RateLimit limit, long wait) {
		Duration retryAfter = Duration.ofNanos(wait);
		refused("rate", retryAfter);
		return new ThrottledException("Throttle '" + this.name + "' has no permit left", this.name, retryAfter,
				new ThrottledException.Quota(limit.rate(), 0, retryAfter));
	}

	private ThrottledException refusedBySlots(@Nullable Object key) {
		refused("concurrency", null);
		RateLimit limit = this.limits.rate();
		return new ThrottledException("Throttle '" + this.name + "' has too many calls in flight", this.name, null,
				(this.permits != null && limit != null) ? this.permits.quota(key, limit, this.clock.nanoTime()) : null);
	}

	private void refused(String reason, @Nullable Duration retryAfter) {
		this.rejected.increment();
		ThrottleRejection.commit(this.name, reason, retryAfter);
	}

	synchronized void changeRate(Rate rate, @Nullable Long burst) {
		if (this.limits.rate() == null) {
			throw new IllegalStateException("Throttle '" + this.name + "' was declared without a rate");
		}
		this.limits = new Limits(Limits.rateLimit(rate, burst), this.limits.concurrency());
	}

	synchronized void changeConcurrency(int concurrency) {
		if (this.slots == null) {
			throw new IllegalStateException("Throttle '" + this.name + "' was declared without a limit of concurrency");
		}
		if (concurrency < 1) {
			throw new IllegalArgumentException("Concurrency must be at least 1, but is " + concurrency);
		}
		this.limits = new Limits(this.limits.rate(), concurrency);
		this.slots.limitChanged();
	}

	ThrottleSnapshot snapshot() {
		Limits now = this.limits;
		RateLimit rate = now.rate();
		return new ThrottleSnapshot(this.name, (rate != null) ? rate.rate().toString() : null,
				(rate != null) ? rate.burst() : null, (this.slots != null) ? now.concurrency() : null,
				(this.slots != null) ? this.slots.inFlight() : null, this.permitted.sum(), this.rejected.sum(), keys());
	}

	private @Nullable Long keys() {
		if (this.settings.key() == null) {
			return null;
		}
		return (this.permits != null) ? this.permits.keys() : (this.slots != null) ? this.slots.keys() : null;
	}

}
