package io.github.resiliencestarter.retry;

import java.time.Duration;

import io.github.resiliencestarter.CallRejectedException;
import io.github.resiliencestarter.guard.Failures;
import io.github.resiliencestarter.guard.TimeBudget;
import org.jspecify.annotations.Nullable;

/**
 * One call that a library retries: says after each failure whether there is another
 * attempt, and when. Once it has said no, it stays with that. Used by one thread at a
 * time.
 */
public final class RetriedCall {

	/** Instead of a wait: no other attempt. */
	public static final long GIVE_UP = -1;

	private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

	/** A hint beyond this is not waited for where the caller has set no deadline. */
	private static final Duration LONGEST_HINT = Duration.ofMinutes(1);

	private final RetriedMethod method;

	private final @Nullable RetryNest nest;

	private final long expiresAt;

	private int retries;

	private int waitedOut;

	private boolean givenUp;

	private boolean exhausted;

	private boolean succeeded;

	RetriedCall(RetriedMethod method, @Nullable RetryNest nest, long expiresAt) {
		this.method = method;
		this.nest = nest;
		this.expiresAt = expiresAt;
	}

	/**
	 * Tell whether the library is to look at a failure at all.
	 * @param failure the failure
	 * @return {@code false} if it is final whatever the annotation says
	 */
	public boolean mayRetry(Throwable failure) {
		return !this.givenUp && this.method.rules().permit(failure);
	}

	/**
	 * Ask for another attempt. Takes a token of the budget.
	 * @param failure why
	 * @param backOff how long the library would wait
	 * @return how many nanoseconds to wait, or {@link #GIVE_UP}
	 */
	public long retryIn(Throwable failure, Duration backOff) {
		Duration wait = longer(backOff, this.method.hint(failure));
		if (!mayRetry(failure) || wait == null || !fits(wait)) {
			return giveUp();
		}
		if (!this.method.draw(this.nest)) {
			this.exhausted = true;
			return giveUp();
		}
		this.method.diagnoseOpenTransaction();
		this.retries++;
		return nanos(wait);
	}

	/**
	 * Ask what to do about a rejection that the annotation names: the method has not run,
	 * so this uses up no attempt, but there are no more rejections waited out than the
	 * annotation allows attempts.
	 * @param failure any failure
	 * @return how many nanoseconds to wait before the attempt is made again, or
	 * {@link #GIVE_UP} if the failure is no such rejection or there were too many
	 */
	public long waitOut(Throwable failure) {
		if (!(Failures.unwrap(failure) instanceof CallRejectedException rejection) || !mayRetry(rejection)) {
			return GIVE_UP;
		}
		Duration wait = longer(this.method.rules().firstDelay(), rejection.retryAfter().orElse(null));
		if (this.waitedOut + 1 >= this.method.rules().maxAttempts() || wait == null || !fits(wait)) {
			return giveUp();
		}
		this.waitedOut++;
		return nanos(wait);
	}

	/**
	 * Wait before an attempt.
	 * @param wait the nanoseconds, or {@link #GIVE_UP}
	 * @return whether the attempt may start
	 * @throws InterruptedException if the thread is interrupted
	 */
	public boolean await(long wait) throws InterruptedException {
		if (wait == GIVE_UP) {
			return false;
		}
		if (wait > 0) {
			this.method.clock().sleep(wait);
		}
		else if (Thread.interrupted()) {
			throw new InterruptedException();
		}
		return mayStart();
	}

	/**
	 * Look at the deadline once more after a wait.
	 * @return whether the attempt may start
	 */
	public boolean mayStart() {
		if (!fits(Duration.ZERO)) {
			giveUp();
		}
		return !this.givenUp;
	}

	/**
	 * Return until when attempts may start.
	 * @return a moment of the clock, or {@link TimeBudget#UNLIMITED}
	 */
	public long expiresAt() {
		return this.expiresAt;
	}

	/**
	 * Return how often another attempt was granted.
	 * @return the number of retries so far
	 */
	int retries() {
		return this.retries;
	}

	/**
	 * An attempt has succeeded.
	 */
	public void succeeded() {
		this.succeeded = true;
	}

	/**
	 * The call has ended: count it.
	 */
	public void ended() {
		RetryCounts counts = this.method.counts();
		boolean retried = this.retries + this.waitedOut > 0;
		if (this.succeeded) {
			(retried ? counts.succeededWithRetry : counts.succeededUnfilled).increment();
		}
		else if (this.exhausted) {
			counts.budgetExhausted.increment();
		}
		else if (retried) {
			counts.failedWithRetry.increment();
		}
	}

	private long giveUp() {
		this.givenUp = true;
		return GIVE_UP;
	}

	private boolean fits(Duration wait) {
		return this.expiresAt == TimeBudget.UNLIMITED
				|| wait.compareTo(Duration.ofNanos(this.expiresAt - this.method.clock().nanoTime())) < 0;
	}

	private static long nanos(Duration wait) {
		return (wait.compareTo(FOREVER) < 0) ? wait.toNanos() : Long.MAX_VALUE;
	}

	private @Nullable Duration longer(Duration backOff, @Nullable Duration hint) {
		if (hint == null || hint.compareTo(backOff) <= 0) {
			return backOff;
		}
		boolean bounded = this.expiresAt != TimeBudget.UNLIMITED || hint.compareTo(LONGEST_HINT) <= 0;
		return bounded ? hint : null;
	}

}
