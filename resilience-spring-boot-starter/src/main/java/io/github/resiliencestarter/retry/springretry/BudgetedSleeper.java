package io.github.resiliencestarter.retry.springretry;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;
import io.github.resiliencestarter.retry.RetriedCall;
import org.jspecify.annotations.Nullable;

import org.springframework.retry.RetryContext;
import org.springframework.retry.backoff.Sleeper;
import org.springframework.retry.support.RetrySynchronizationManager;

/**
 * The back-off's wait: spring-retry asks for it before each retry and only then, so this
 * is where a retry is granted or not.
 */
@SuppressWarnings("serial")
final class BudgetedSleeper implements Sleeper {

	private final transient MonotonicClock clock;

	private final Sleeper sleeper;

	/**
	 * Create the sleeper.
	 * @param clock measures what is left of the caller's time
	 * @param sleeper does the waiting; {@code null} to wait on the clock
	 */
	BudgetedSleeper(MonotonicClock clock, @Nullable Sleeper sleeper) {
		this.clock = clock;
		this.sleeper = (sleeper != null) ? sleeper : (millis) -> clock.sleep(TimeUnit.MILLISECONDS.toNanos(millis));
	}

	@Override
	public void sleep(long millis) throws InterruptedException {
		RetryContext context = RetrySynchronizationManager.getContext();
		RetriedCall call = SpringInvocation.callOf(context);
		if (context == null || call == null) {
			sleepWithinDeadline(millis);
		}
		else if (!granted(call, context.getLastThrowable(), millis)) {
			context.setExhaustedOnly();
		}
	}

	private boolean granted(RetriedCall call, Throwable failure, long millis) throws InterruptedException {
		long wait = call.retryIn(failure, Duration.ofMillis(millis));
		if (wait == RetriedCall.GIVE_UP) {
			return false;
		}
		this.sleeper.sleep(TimeUnit.NANOSECONDS.toMillis(wait));
		return call.mayStart();
	}

	/**
	 * Stateful retries wait before the failure goes to the caller, who decides.
	 */
	private void sleepWithinDeadline(long millis) throws InterruptedException {
		long left = TimeBudget.ofThread().remaining(this.clock.nanoTime());
		if (left > TimeUnit.MILLISECONDS.toNanos(millis)) {
			this.sleeper.sleep(millis);
		}
	}

}
