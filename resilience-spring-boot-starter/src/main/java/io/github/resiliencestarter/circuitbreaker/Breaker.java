package io.github.resiliencestarter.circuitbreaker;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.circuitbreaker.CircuitBreakerSnapshot.State;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;

/**
 * A circuit breaker. Thread-safe.
 *
 * <pre>
 *              verdict                    a call, once the open time is over
 *   CLOSED ───────────────▶ OPEN ─────────────────────────────▶ HALF_OPEN
 *     ▲                      ▲             trials failed            │
 *     │                      └──────────────────────────────────────┤
 *     │                                   trials succeeded          │
 *     └─────────────────────────────────────────────────────────────┘
 *   any ── operator ──▶ FORCED_OPEN, DISABLED ── operator, or end of its time ──▶ CLOSED
 * </pre>
 * <p>
 * Each arrow makes a new {@link Phase} object, and a {@link Permit} belongs to the one
 * that granted it. Invariant: a phase is left only inside the lock, by a caller that has
 * found it to be current inside the same lock; so there is one transition, with one
 * event, however many callers see its reason. Admission to a closed breaker and fast
 * successes take no lock.
 */
final class Breaker {

	private final String name;

	private final BreakerConfig config;

	private final MonotonicClock clock;

	private final DoubleSupplier random;

	private final Transitions transitions;

	private final CallCounts counts = new CallCounts();

	private final ReentrantLock lock = new ReentrantLock();

	private volatile Phase phase;

	/** How often the breaker has opened since trials last succeeded. */
	private int openings;

	/**
	 * Create a closed breaker, or one that is disabled for good by its mode.
	 * @param name the name
	 * @param config how it works
	 * @param clock measures time
	 * @param random gives numbers from 0 to 1, for the jitter of the open time
	 * @param listener is told of transitions
	 */
	Breaker(String name, BreakerConfig config, MonotonicClock clock, DoubleSupplier random,
			Consumer<CircuitBreakerTransition> listener) {
		this.name = name;
		this.config = config;
		this.clock = clock;
		this.random = random;
		this.transitions = new Transitions(listener);
		this.phase = (config.mode() != CircuitBreakerMode.OFF) ? new ClosedPhase(this, clock.nanoTime())
				: new DisabledPhase(this, RefusingPhase.NEVER);
	}

	String name() {
		return this.name;
	}

	BreakerConfig config() {
		return this.config;
	}

	MonotonicClock clock() {
		return this.clock;
	}

	CallCounts counts() {
		return this.counts;
	}

	Phase phase() {
		return this.phase;
	}

	/**
	 * Let a call in that has no limit of its own.
	 * @return its permit
	 * @throws CircuitBreakerOpenException if it is refused
	 */
	Permit acquire() {
		return acquire(TimeBudget.UNLIMITED);
	}

	/**
	 * Let a call in.
	 * @param limit how many nanoseconds the call may take, or
	 * {@link TimeBudget#UNLIMITED}; what is left of its caller's time is known besides
	 * @return its permit
	 * @throws CircuitBreakerOpenException if it is refused
	 */
	Permit acquire(long limit) {
		Permit permit = tryAcquire(limit);
		if (permit == null) {
			throw new CircuitBreakerOpenException(this.name,
					Duration.ofNanos(this.phase.retryAfter(this.clock.nanoTime())));
		}
		return permit;
	}

	/**
	 * Let a call in.
	 * @param limit as for {@link #acquire(long)}
	 * @return its permit, or {@code null} if it is refused
	 */
	@Nullable Permit tryAcquire(long limit) {
		Permit permit = this.phase.admit(limit);
		return (permit != null) ? permit : refuse();
	}

	/**
	 * Tell, instead of letting a call in, whether it is refused.
	 * @return whether it is; if not, it has to be let in yet
	 */
	boolean refuses() {
		boolean refuses = this.phase.refuses() && !isShadow();
		if (refuses) {
			countRefusal();
		}
		return refuses;
	}

	private @Nullable Permit refuse() {
		countRefusal();
		return isShadow() ? Permit.UNCOUNTED : null;
	}

	private void countRefusal() {
		this.counts.notPermitted();
		BreakerEvents.rejection(this.name);
	}

	private boolean isShadow() {
		return this.config.mode() == CircuitBreakerMode.SHADOW;
	}

	void lock() {
		this.lock.lock();
	}

	void unlock() {
		this.lock.unlock();
		if (!this.lock.isHeldByCurrentThread()) {
			this.transitions.tell();
		}
	}

	/**
	 * Have a phase do what is due.
	 * @param phase the phase, current or not
	 */
	void settle(Phase phase) {
		lock();
		try {
			phase.settle(this.clock.nanoTime());
		}
		finally {
			unlock();
		}
	}

	/**
	 * Enter the next phase. Called inside the lock.
	 * @param next the phase
	 */
	void moveTo(Phase next) {
		Phase last = this.phase;
		last.retire();
		this.phase = next;
		if (last.state() != next.state()) {
			this.transitions.add(new CircuitBreakerTransition(this.name, last.state(), next.state()));
		}
	}

	/**
	 * Open, by verdict. Called inside the lock.
	 * @param reason the calls that led to it
	 */
	void open(CallTotals reason) {
		long nanos = this.config.openTime().next(this.openings++, this.random);
		moveTo(RefusingPhase.open(this, this.clock.nanoTime(), nanos, reason));
	}

	/**
	 * Close, since trials have succeeded, and forget how often the breaker has opened in
	 * a row. Called inside the lock.
	 */
	void recover() {
		this.openings = 0;
		moveTo(new ClosedPhase(this, this.clock.nanoTime()));
	}

	CircuitBreakerSnapshot snapshot() {
		lock();
		try {
			settlePhase();
			State state = this.phase.state();
			CallTotals totals = this.phase.totals();
			return new CircuitBreakerSnapshot(this.name, state, totals.failureRate(), totals.slowCallRate(),
					totals.calls(), totals.failed(), totals.slow(), this.counts.read().notPermitted());
		}
		finally {
			unlock();
		}
	}

	CircuitBreakerCalls calls() {
		lock();
		try {
			settlePhase();
			return this.counts.read();
		}
		finally {
			unlock();
		}
	}

	private void settlePhase() {
		this.phase.settle(this.clock.nanoTime());
	}

}
