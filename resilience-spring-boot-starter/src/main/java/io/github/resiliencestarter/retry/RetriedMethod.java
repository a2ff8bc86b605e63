package io.github.resiliencestarter.retry;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A retried method: its rules, its budget, its counts. What a library's guard needs to
 * host the library. Thread-safe.
 */
public final class RetriedMethod {

	private static final Log logger = LogFactory.getLog(RetriedMethod.class);

	private final String name;

	private final String signature;

	private final RetryRules rules;

	private final boolean waitsOutRejections;

	private final RetryBudget budget;

	private final RetrySurroundings surroundings;

	private final RetryCounts counts = new RetryCounts();

	private final AtomicBoolean warned = new AtomicBoolean();

	RetriedMethod(String name, String signature, RetryRules rules, RetryBudget budget, RetrySurroundings surroundings) {
		this.name = name;
		this.signature = signature;
		this.rules = rules;
		this.waitsOutRejections = rules.nameRejections();
		this.budget = budget;
		this.surroundings = surroundings;
		budget.fillBy(this.counts.succeeded);
		budget.fillBy(this.counts.filled);
	}

	/**
	 * A call begins on this thread.
	 * @return what to give to the other methods
	 */
	public RetryNest enter() {
		RetryNest nest = RetryNest.ofThread();
		nest.enter(this.budget);
		return nest;
	}

	/**
	 * The call has ended on this thread.
	 * @param nest what {@link #enter()} returned
	 */
	public void leave(RetryNest nest) {
		nest.leave();
	}

	/**
	 * The first attempt has succeeded, and the library was not entered.
	 * @param nest what {@link #enter()} returned
	 */
	public void succeeded(RetryNest nest) {
		(nest.isFilledOutside(this.budget) ? this.counts.succeededUnfilled : this.counts.succeeded).increment();
	}

	/**
	 * The library is about to be entered on this thread.
	 * @param nest what {@link #enter()} returned
	 * @param limit until when attempts may start, if the library has a limit of its own,
	 * as a moment of {@link MonotonicClock#nanoTime()}, else {@link TimeBudget#UNLIMITED}
	 * @return the call
	 */
	public RetriedCall hosted(RetryNest nest, long limit) {
		fill(nest);
		return new RetriedCall(this, nest, Math.min(limit, TimeBudget.ofThread().expiresAt()));
	}

	/**
	 * The library is about to be entered for a result that comes later, on whatever
	 * thread.
	 * @param limit as for {@link #hosted}
	 * @return the call
	 */
	public RetriedCall hostedLater(long limit) {
		this.counts.filled.increment();
		return new RetriedCall(this, null, Math.min(limit, TimeBudget.ofThread().expiresAt()));
	}

	/**
	 * Ask whether a guard inside is certain to refuse a call now. A refused call fills
	 * the budget like any other.
	 * @param next the rest of the chain
	 * @return whether it does, and the retry has nothing to add
	 */
	public boolean refuses(Guard next) {
		if (this.waitsOutRejections || !next.refuses()) {
			return false;
		}
		RetryNest nest = enter();
		fill(nest);
		leave(nest);
		return true;
	}

	private void fill(RetryNest nest) {
		if (!nest.isFilledOutside(this.budget)) {
			this.counts.filled.increment();
		}
	}

	/**
	 * Return the clock that all waits are measured with.
	 * @return the clock
	 */
	public MonotonicClock clock() {
		return this.surroundings.clock();
	}

	String name() {
		return this.name;
	}

	String signature() {
		return this.signature;
	}

	RetryRules rules() {
		return this.rules;
	}

	RetryCounts counts() {
		return this.counts;
	}

	boolean draw(@Nullable RetryNest nest) {
		return (nest != null) ? nest.draw(this.budget) : this.budget.draw();
	}

	@Nullable Duration hint(Throwable failure) {
		return this.surroundings.hint().of(failure);
	}

	/**
	 * Attempts that share a transaction are not independent: most databases refuse
	 * everything after the first failure, and Spring has marked it for rollback.
	 */
	void diagnoseOpenTransaction() {
		if (this.surroundings.inTransaction().getAsBoolean() && this.warned.compareAndSet(false, true)) {
			logger.warn("Method " + this.name + " is retried inside a transaction that was open before the call, so its"
					+ " attempts share that transaction and the failed one has probably doomed it. Call the method outside"
					+ " of a transaction, or move @Retryable to the method that opens it.");
		}
	}

}
