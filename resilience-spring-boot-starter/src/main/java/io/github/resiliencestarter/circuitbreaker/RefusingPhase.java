package io.github.resiliencestarter.circuitbreaker;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.circuitbreaker.CircuitBreakerSnapshot.State;

/**
 * Calls are refused for a while: by the breaker's own verdict, then trial calls follow,
 * or by an operator, then the breaker closes.
 */
final class RefusingPhase extends Phase {

	/** The end of what only an operator ends. */
	static final long NEVER = Long.MAX_VALUE;

	private final State state;

	private final long nanos;

	private final long until;

	private final CallTotals totals;

	private RefusingPhase(Breaker breaker, State state, long nanos, long until, CallTotals totals) {
		super(breaker);
		this.state = state;
		this.nanos = nanos;
		this.until = until;
		this.totals = totals;
	}

	static RefusingPhase open(Breaker breaker, long now, long nanos, CallTotals totals) {
		return new RefusingPhase(breaker, State.OPEN, nanos, now + nanos, totals);
	}

	static RefusingPhase forced(Breaker breaker, long until) {
		return new RefusingPhase(breaker, State.FORCED_OPEN, 0, until, CallTotals.NONE);
	}

	@Override
	State state() {
		return this.state;
	}

	@Override
	@Nullable Permit admit(long limit) {
		if (refuses()) {
			return null;
		}
		this.breaker.lock();
		try {
			if (isCurrent()) {
				this.breaker.moveTo(successor());
			}
			return this.breaker.phase().admit(limit);
		}
		finally {
			this.breaker.unlock();
		}
	}

	@Override
	boolean refuses() {
		return this.until == NEVER || this.breaker.clock().nanoTime() < this.until;
	}

	private Phase successor() {
		return (this.state == State.OPEN) ? new HalfOpenPhase(this.breaker, this.nanos)
				: new ClosedPhase(this.breaker, this.breaker.clock().nanoTime());
	}

	@Override
	void settle(long now) {
		// not only with a call: whoever looks sees what the next call will meet
		if (this.until != NEVER && now >= this.until) {
			this.breaker.moveTo(successor());
		}
	}

	@Override
	CallTotals totals() {
		return this.totals;
	}

	@Override
	long retryAfter(long now) {
		return (this.until != NEVER) ? Math.max(0, this.until - now) : this.breaker.config().openTime().nanos();
	}

}
