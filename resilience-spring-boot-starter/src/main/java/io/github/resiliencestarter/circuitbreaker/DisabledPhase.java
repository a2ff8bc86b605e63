package io.github.resiliencestarter.circuitbreaker;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.circuitbreaker.CircuitBreakerSnapshot.State;

/**
 * Calls go through and are not judged.
 */
final class DisabledPhase extends Phase implements Permit {

	private final long until;

	DisabledPhase(Breaker breaker, long until) {
		super(breaker);
		this.until = until;
	}

	@Override
	State state() {
		return State.DISABLED;
	}

	@Override
	@Nullable Permit admit(long limit) {
		if (this.until == RefusingPhase.NEVER || this.breaker.clock().nanoTime() < this.until) {
			return this;
		}
		this.breaker.settle(this);
		return this.breaker.phase().admit(limit);
	}

	@Override
	void settle(long now) {
		if (isCurrent() && now >= this.until) {
			this.breaker.moveTo(new ClosedPhase(this.breaker, now));
		}
	}

	@Override
	public void succeeded(long startedAt) {
		this.breaker.counts().count(false);
	}

	@Override
	public void failed(long startedAt) {
		this.breaker.counts().count(true);
	}

	@Override
	public void giveBack() {
		this.breaker.counts().ignored();
	}

}
