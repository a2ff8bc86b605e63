package io.github.resiliencestarter.throttle;

import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import java.util.function.IntSupplier;

/**
 * The calls in flight of one key. The synchronizer's state is their number, which may
 * stand above a limit that has just been lowered; those who wait are served in the order
 * in which they came.
 */
class Slots {

	private final Sync sync;

	/**
	 * Create the slots.
	 * @param limit how many calls may be in flight now
	 */
	Slots(IntSupplier limit) {
		this.sync = new Sync(limit);
	}

	/**
	 * Take a slot, overtaking nobody who waits.
	 * @return whether one was free
	 */
	final boolean tryEnter() {
		return this.sync.tryAcquireShared(1) >= 0;
	}

	/**
	 * Take a slot, or wait for one.
	 * @param nanos the longest wait
	 * @return whether there was one
	 * @throws InterruptedException if the thread is interrupted before or while waiting
	 */
	final boolean enter(long nanos) throws InterruptedException {
		return this.sync.tryAcquireSharedNanos(1, nanos);
	}

	/**
	 * Leave the slot.
	 */
	final void leave() {
		this.sync.releaseShared(1);
	}

	/**
	 * Let those in who wait, as far as the limit now allows.
	 */
	final void limitChanged() {
		this.sync.releaseShared(0);
	}

	final int inFlight() {
		return this.sync.inFlight();
	}

	@SuppressWarnings("serial")
	private static final class Sync extends AbstractQueuedSynchronizer {

		private final transient IntSupplier limit;

		Sync(IntSupplier limit) {
			this.limit = limit;
		}

		int inFlight() {
			return getState();
		}

		@Override
		protected int tryAcquireShared(int one) {
			while (true) {
				if (hasQueuedPredecessors()) {
					return -1;
				}
				int inFlight = getState();
				int left = this.limit.getAsInt() - inFlight - one;
				if (left < 0 || compareAndSetState(inFlight, inFlight + one)) {
					return left;
				}
			}
		}

		@Override
		protected boolean tryReleaseShared(int number) {
			while (true) {
				int inFlight = getState();
				if (compareAndSetState(inFlight, inFlight - number)) {
					return true;
				}
			}
		}

	}

}
