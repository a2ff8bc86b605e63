package io.github.resiliencestarter.throttle;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.IntSupplier;

import org.jspecify.annotations.Nullable;

/**
 * The calls in flight of all keys. A key is known exactly as long as somebody is in
 * flight or waits under it: nothing can be evicted too early, and nothing is left behind.
 * Thread-safe.
 */
final class SlotPool {

	private final IntSupplier limit;

	private final Slots single;

	private final Map<Object, KeySlots> byKey = new ConcurrentHashMap<>();

	// once, not for each call: lambdas that capture are objects
	private final BiFunction<Object, @Nullable KeySlots, KeySlots> join = this::join;

	/**
	 * Create the pool.
	 * @param limit how many calls of one key may be in flight now
	 */
	SlotPool(IntSupplier limit) {
		this.limit = limit;
		this.single = new Slots(limit);
	}

	/**
	 * Take a slot, overtaking nobody who waits.
	 * @param key the key, {@code null} if there are none
	 * @return whether one was free
	 */
	boolean tryEnter(@Nullable Object key) {
		if (key == null) {
			return this.single.tryEnter();
		}
		boolean entered = slots(key).tryEnter();
		if (!entered) {
			part(key);
		}
		return entered;
	}

	/**
	 * Take a slot, or wait for one.
	 * @param key the key, {@code null} if there are none
	 * @param nanos the longest wait
	 * @return whether there was one
	 * @throws InterruptedException if the thread is interrupted before or while waiting
	 */
	boolean enter(@Nullable Object key, long nanos) throws InterruptedException {
		if (key == null) {
			return this.single.enter(nanos);
		}
		boolean entered = false;
		try {
			entered = slots(key).enter(nanos);
		}
		finally {
			if (!entered) {
				part(key);
			}
		}
		return entered;
	}

	/**
	 * Leave a slot.
	 * @param key the key, {@code null} if there are none
	 */
	void leave(@Nullable Object key) {
		if (key == null) {
			this.single.leave();
			return;
		}
		Objects.requireNonNull(this.byKey.get(key)).leave();
		part(key);
	}

	int inFlight() {
		return this.single.inFlight() + this.byKey.values().stream().mapToInt(Slots::inFlight).sum();
	}

	/**
	 * Return how many keys have calls in flight, or waiting.
	 * @return the number
	 */
	long keys() {
		return this.byKey.size();
	}

	/**
	 * Let those in who wait, as far as the limit now allows.
	 */
	void limitChanged() {
		this.single.limitChanged();
		this.byKey.values().forEach(Slots::limitChanged);
	}

	private Slots slots(Object key) {
		return Objects.requireNonNull(this.byKey.compute(key, this.join));
	}

	private KeySlots join(Object key, @Nullable KeySlots present) {
		KeySlots slots = (present != null) ? present : new KeySlots(this.limit);
		slots.users++;
		return slots;
	}

	private void part(Object key) {
		this.byKey.computeIfPresent(key, (known, slots) -> (--slots.users > 0) ? slots : null);
	}

	/**
	 * The slots of one key.
	 */
	private static final class KeySlots extends Slots {

		/** In flight or waiting; changed only while the map holds the key's lock. */
		private int users;

		KeySlots(IntSupplier limit) {
			super(limit);
		}

	}

}
