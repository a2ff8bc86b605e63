package io.github.resiliencestarter.circuitbreaker;

import java.util.LinkedHashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.circuitbreaker.CircuitBreakerSnapshot.State;
import io.github.resiliencestarter.guard.TimeBudget;

/**
 * A few trial calls go through; once all permitted ones have ended, they decide.
 * <p>
 * Invariant, held by the breaker's lock: trials that hold a permit and outcomes that
 * count never exceed the permitted number together. A permit is a lease: it lasts as long
 * as the breaker was open, or as the call's own limit if that is longer; then the next
 * call that wants in takes it over, and the outcome of the call that lost it counts no
 * more. So a hanging call cannot wedge the breaker. Nor can calls that are merely slower
 * than the lease: one that ends after losing its permit shows the lease to be too short,
 * and doubles it for those that follow.
 */
final class HalfOpenPhase extends Phase {

	/** Those that hold a permit. */
	private final Set<Trial> trials = new LinkedHashSet<>();

	/** The outcomes that count. */
	private CallTotals outcomes = CallTotals.NONE;

	private long leaseNanos;

	HalfOpenPhase(Breaker breaker, long leaseNanos) {
		super(breaker);
		this.leaseNanos = leaseNanos;
	}

	@Override
	State state() {
		return State.HALF_OPEN;
	}

	@Override
	@Nullable Permit admit(long limit) {
		long now = this.breaker.clock().nanoTime();
		this.breaker.lock();
		try {
			return isCurrent() ? admit(limit, now) : this.breaker.phase().admit(limit);
		}
		finally {
			this.breaker.unlock();
		}
	}

	@Override
	boolean refuses() {
		long now = this.breaker.clock().nanoTime();
		this.breaker.lock();
		try {
			return isCurrent() && isFull() && this.trials.stream().noneMatch((trial) -> now >= trial.until);
		}
		finally {
			this.breaker.unlock();
		}
	}

	private boolean isFull() {
		return this.trials.size() + this.outcomes.calls() >= this.breaker.config().trials();
	}

	private @Nullable Permit admit(long limit, long now) {
		if (isFull() && !takeOver(now)) {
			return null;
		}
		long longest = Math.min(limit, TimeBudget.ofThread().remaining(now));
		long lease = (longest != TimeBudget.UNLIMITED) ? Math.max(this.leaseNanos, longest) : this.leaseNanos;
		Trial trial = new Trial(now + lease, lease);
		this.trials.add(trial);
		return trial;
	}

	private boolean takeOver(long now) {
		for (Trial trial : this.trials) {
			if (now >= trial.until) {
				return this.trials.remove(trial);
			}
		}
		return false;
	}

	@Override
	CallTotals totals() {
		return this.outcomes;
	}

	@Override
	long retryAfter(long now) {
		this.breaker.lock();
		try {
			return this.trials.stream().mapToLong((trial) -> Math.max(0, trial.until - now)).min().orElse(0);
		}
		finally {
			this.breaker.unlock();
		}
	}

	private void end(Trial trial, boolean failed, long startedAt) {
		boolean slow = this.breaker.config().isSlow(this.breaker.clock().nanoTime() - startedAt);
		this.breaker.lock();
		try {
			this.breaker.counts().count(failed);
			if (!this.trials.remove(trial)) {
				this.leaseNanos = Math.max(this.leaseNanos, 2 * trial.nanos);
			}
			else if (isCurrent()) {
				this.outcomes = this.outcomes.plus(failed, slow);
				judge();
			}
		}
		finally {
			this.breaker.unlock();
		}
	}

	private void judge() {
		if (this.outcomes.calls() < this.breaker.config().trials()) {
			return;
		}
		if (this.breaker.config().condemns(this.outcomes)) {
			this.breaker.open(this.outcomes);
		}
		else {
			this.breaker.recover();
		}
	}

	private void giveBack(Trial trial) {
		this.breaker.lock();
		try {
			this.trials.remove(trial);
		}
		finally {
			this.breaker.unlock();
		}
	}

	/**
	 * The permit of one trial call.
	 */
	private final class Trial implements Permit {

		private final long until;

		private final long nanos;

		Trial(long until, long nanos) {
			this.until = until;
			this.nanos = nanos;
		}

		@Override
		public void succeeded(long startedAt) {
			end(this, false, startedAt);
		}

		@Override
		public void failed(long startedAt) {
			end(this, true, startedAt);
		}

		@Override
		public void giveBack() {
			HalfOpenPhase.this.breaker.counts().ignored();
			HalfOpenPhase.this.giveBack(this);
		}

	}

}
