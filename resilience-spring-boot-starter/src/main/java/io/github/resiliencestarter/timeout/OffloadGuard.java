package io.github.resiliencestarter.timeout;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.ProxyMethodInvocation;

import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.TimeBudget;

/**
 * Runs the rest of the chain, from the transaction inwards, on another thread, and
 * releases the caller at the limit whatever the method does. It stands where attempts are
 * limited, also for the limit of the whole call: so retries, and what they keep in
 * thread-locals, stay with the caller, and a circuit breaker hears of a time-out when it
 * happens, not when the method that was left behind ends one day.
 */
final class OffloadGuard implements Guard {

	private final Guard next;

	private final long limit;

	private final boolean outermost;

	private final TimeoutParts parts;

	private final OffloadThreads threads;

	/**
	 * Create the guard.
	 * @param next the rest of the chain
	 * @param limit the limit, or {@code null} if only the caller's deadline counts
	 * @param outermost whether it counts the calls that end in time
	 * @param parts what all guards share
	 * @param threads where methods run
	 */
	OffloadGuard(Guard next, @Nullable Duration limit, boolean outermost, TimeoutParts parts, OffloadThreads threads) {
		this.next = next;
		this.limit = TimeLimits.nanos(limit);
		this.outermost = outermost;
		this.parts = parts;
		this.threads = threads;
	}

	@Override
	public @Nullable Object call(MethodInvocation call) throws Throwable {
		TimeoutInstance instance = this.parts.instance();
		if (instance.leftBehind() >= this.threads.maxLeftBehind()) {
			throw instance
				.rejected(instance.leftBehind() + " of its calls still run although their callers were released");
		}
		long start = this.parts.clock().nanoTime();
		long end = Math.min(start + this.limit, TimeBudget.ofThread().expiresAt());
		OffloadedCall offloaded = new OffloadedCall(this.next, copy(call), start, end, this.parts);
		try {
			this.threads.execute(offloaded);
		}
		catch (RejectedExecutionException ex) {
			throw instance.rejected("no thread is free");
		}
		try {
			Object result = offloaded.await();
			count(null);
			return result;
		}
		catch (Throwable failure) {
			count(failure);
			throw failure;
		}
	}

	private void count(@Nullable Throwable failure) {
		if (this.outermost && !this.parts.instance().isSource(failure)) {
			this.parts.instance().succeeded();
		}
	}

	// a call that is left behind must not share its position with the next attempt
	private static MethodInvocation copy(MethodInvocation call) {
		return (call instanceof ProxyMethodInvocation proxied) ? proxied.invocableClone() : call;
	}

}
