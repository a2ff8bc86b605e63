package io.github.resiliencestarter.timeout;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.GuardedAction;
import io.github.resiliencestarter.guard.TimeBudget;

/**
 * One call that runs on another thread, as if it ran on the caller's: the caller's
 * interrupts reach it, and a flag that the method leaves set is set on the caller's
 * thread.
 * <p>
 * Invariant: the state leaves {@code WAITING} once, to {@code RUNNING} or
 * {@code SKIPPED}, and {@code RUNNING} once, to {@code ENDED} or {@code LEFT_BEHIND}; the
 * caller alone makes the ways that release it, the other thread all others. A call counts
 * as left behind from {@code LEFT_BEHIND} until the method has ended. The other thread is
 * interrupted only under the lock and only while {@code runner} is set, so never after it
 * has gone on to other work.
 *
 * @param <C> what the action is called with
 * @param <R> what it returns
 * @param <X> what it throws
 */
final class OffloadedCall<C, R extends @Nullable Object, X extends Throwable> implements Runnable {

	private enum State {

		WAITING, RUNNING, SKIPPED, ENDED, LEFT_BEHIND

	}

	private final GuardedAction<C, R, X> action;

	private final C call;

	private final long start;

	private final long end;

	private final TimeoutParts parts;

	private final Thread caller = Thread.currentThread();

	private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);

	private @Nullable Thread runner;

	private boolean interruptedBefore;

	private boolean ended;

	private @Nullable R result;

	private @Nullable Throwable failure;

	private boolean flagLeftSet;

	OffloadedCall(GuardedAction<C, R, X> action, C call, long start, long end, TimeoutParts parts) {
		this.action = action;
		this.call = call;
		this.start = start;
		this.end = end;
		this.parts = parts;
	}

	@Override
	public void run() {
		if (!this.state.compareAndSet(State.WAITING, State.RUNNING)) {
			return;
		}
		begins();
		TimeBudget budget = TimeBudget.ofThread();
		long previous = budget.shortenTo(this.end);
		try {
			this.result = this.action.call(this.call);
		}
		catch (Throwable ex) {
			this.failure = ex;
		}
		budget.restore(previous);
		ends();
		if (this.state.compareAndSet(State.RUNNING, State.ENDED)) {
			LockSupport.unpark(this.caller);
		}
		else {
			this.parts.instance().caughtUp();
		}
	}

	/**
	 * Wait until the method has ended or the limit has come. By the caller.
	 * @return the method's result
	 * @throws X what the method throws
	 * @throws CallTimeoutException if the limit has come
	 */
	R await() throws X {
		boolean flagMissedTheMethod = false;
		try {
			while (this.state.get() != State.ENDED) {
				long remaining = this.end - this.parts.clock().nanoTime();
				if (remaining <= 0 && leave()) {
					throw timedOut(null);
				}
				LockSupport.parkNanos(this, Math.max(1, remaining));
				if (Thread.interrupted() && !interrupt()) {
					flagMissedTheMethod = true;
				}
			}
			return outcome();
		}
		finally {
			if (flagMissedTheMethod) {
				this.caller.interrupt();
			}
		}
	}

	@SuppressWarnings({ "unchecked", "NullAway" }) // the result is null only where R may
													// be
	private R outcome() throws X {
		if (this.flagLeftSet) {
			this.caller.interrupt();
		}
		if (this.parts.clock().nanoTime() >= this.end) {
			throw timedOut(this.failure);
		}
		if (this.failure != null) {
			// unchecked, or one that the action declares
			throw (X) this.failure;
		}
		return this.result;
	}

	private CallTimeoutException timedOut(@Nullable Throwable failure) {
		return this.parts.instance().timedOut(this.end - this.start, failure);
	}

	private boolean leave() {
		if (this.state.compareAndSet(State.WAITING, State.SKIPPED)) {
			return true;
		}
		this.parts.instance().leaveBehind();
		if (this.state.compareAndSet(State.RUNNING, State.LEFT_BEHIND)) {
			interrupt();
			return true;
		}
		this.parts.instance().caughtUp();
		return false;
	}

	private synchronized void begins() {
		this.runner = Thread.currentThread();
		if (this.interruptedBefore) {
			this.runner.interrupt();
		}
	}

	private synchronized void ends() {
		this.runner = null;
		this.ended = true;
		this.flagLeftSet = Thread.interrupted();
	}

	private synchronized boolean interrupt() {
		if (this.runner != null) {
			this.runner.interrupt();
		}
		else {
			this.interruptedBefore = true;
		}
		return !this.ended;
	}

}
