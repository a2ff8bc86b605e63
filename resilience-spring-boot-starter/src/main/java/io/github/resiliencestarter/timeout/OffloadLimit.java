package io.github.resiliencestarter.timeout;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.EntryCheck;
import io.github.resiliencestarter.guard.GuardedAction;
import io.github.resiliencestarter.guard.TimeBudget;

/**
 * Runs things on another thread, and releases the caller at the limit whatever they do.
 */
final class OffloadLimit implements TimeLimit {

	private final long limit;

	private final boolean outermost;

	private final TimeoutParts parts;

	private final OffloadThreads threads;

	private final EntryCheck entry;

	/**
	 * Create the limit.
	 * @param limit the limit, or {@code null} if only the caller's deadline counts
	 * @param outermost whether it counts the calls that end in time
	 * @param parts what all guards share
	 * @param threads where things run
	 * @param entry asked if nothing is left of the caller's time
	 */
	OffloadLimit(@Nullable Duration limit, boolean outermost, TimeoutParts parts, OffloadThreads threads,
			EntryCheck entry) {
		this.limit = TimeLimits.nanos(limit);
		this.outermost = outermost;
		this.parts = parts;
		this.threads = threads;
		this.entry = entry;
	}

	@Override
	public <C, R extends @Nullable Object, X extends Throwable> R call(GuardedAction<C, R, X> action, C call) throws X {
		TimeoutInstance instance = this.parts.instance();
		long start = this.parts.clock().nanoTime();
		long previous = TimeBudget.ofThread().expiresAt();
		if (previous <= start) {
			this.entry.enter(instance.name());
		}
		if (instance.leftBehind() >= this.threads.maxLeftBehind()) {
			throw instance
				.rejected(instance.leftBehind() + " of its calls still run although their callers were released");
		}
		long end = Math.min(start + this.limit, previous);
		OffloadedCall<C, R, X> offloaded = new OffloadedCall<>(action, call, start, end, this.parts);
		try {
			this.threads.execute(offloaded);
		}
		catch (RejectedExecutionException ex) {
			throw instance.rejected("no thread is free");
		}
		try {
			R result = offloaded.await();
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

}
