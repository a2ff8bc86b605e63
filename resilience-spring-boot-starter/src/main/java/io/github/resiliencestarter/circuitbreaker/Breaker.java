package io.github.resiliencestarter.circuitbreaker;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongFunction;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.circuitbreaker.CircuitBreakerSnapshot.State;
import io.github.resiliencestarter.guard.MonotonicClock;

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
	 * Let a call in.
	 * @return its permit
	 * @throws CircuitBreakerOpenException if it is refused
	 */
	Permit acquire() {
		Permit permit = tryAcquire();
		if (permit == null) {
			throw new CircuitBreakerOpenException(this.name,
					Duration.ofNanos(this.phase.retryAfter(this.clock.nanoTime())));
		}
		return permit;
	}

	/**
	 * Let a call in.
	 * @return its permit, or {@code null} if it is refused
	 */
	@Nullable Permit tryAcquire() {
		Permit permit = this.phase.admit();
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
	 * Close, since trials have succeeded. Called inside the lock.
	 */
	void recover() {
		this.openings = 0;
		moveTo(new ClosedPhase(this, this.clock.nanoTime()));
	}

	void forceOpen(@Nullable Duration forHowLong) {
		force((now) -> RefusingPhase.forced(this, end(now, forHowLong)));
	}

	void disable(@Nullable Duration forHowLong) {
		force((now) -> new DisabledPhase(this, end(now, forHowLong)));
	}

	void close() {
		force((now) -> new ClosedPhase(this, now));
	}

	void reset() {
		force((now) -> {
			this.openings = 0;
			return new ClosedPhase(this, now);
		});
	}

	private static long end(long now, @Nullable Duration forHowLong) {
		return (forHowLong != null) ? now + BreakerConfig.nanos(forHowLong) : RefusingPhase.NEVER;
	}

	private void force(LongFunction<Phase> next) {
		if (this.config.mode() == CircuitBreakerMode.OFF) {
			throw new IllegalStateException("Circuit breaker '" + this.name + "' is switched off by its mode");
		}
		lock();
		try {
			moveTo(next.apply(this.clock.nanoTime()));
		}
		finally {
			unlock();
		}
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
