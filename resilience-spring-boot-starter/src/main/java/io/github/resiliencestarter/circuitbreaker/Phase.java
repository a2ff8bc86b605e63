package io.github.resiliencestarter.circuitbreaker;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.circuitbreaker.CircuitBreakerSnapshot.State;

/**
 * One generation of a breaker's state: entered once, left once, never entered again.
 * Results that arrive after it was left find an object that nobody looks at any more,
 * which is why late results cannot change the state that came after.
 */
abstract sealed class Phase permits ClosedPhase, RefusingPhase, HalfOpenPhase, DisabledPhase {

	protected final Breaker breaker;

	Phase(Breaker breaker) {
		this.breaker = breaker;
	}

	abstract State state();

	/**
	 * Let a call in.
	 * @param limit as for {@link Breaker#acquire(long)}
	 * @return its permit, or {@code null} if it is refused
	 */
	abstract @Nullable Permit admit(long limit);

	/**
	 * Tell whether {@link #admit} would refuse a call now.
	 * @return whether it would
	 */
	boolean refuses() {
		return false;
	}

	/**
	 * Do what is due. Called inside the breaker's lock.
	 * @param now the time
	 */
	void settle(long now) {
	}

	/**
	 * Take note that the breaker has left this phase. Called inside the breaker's lock.
	 */
	void retire() {
	}

	/**
	 * Return the calls that count. Called inside the breaker's lock.
	 * @return the calls
	 */
	CallTotals totals() {
		return CallTotals.NONE;
	}

	/**
	 * Return after which time a refused call has another chance.
	 * @param now the time
	 * @return the nanoseconds
	 */
	long retryAfter(long now) {
		return 0;
	}

	/**
	 * Tell whether the breaker is still in this phase. Only inside the breaker's lock
	 * does the answer hold.
	 * @return whether it is
	 */
	final boolean isCurrent() {
		return this.breaker.phase() == this;
	}

}
