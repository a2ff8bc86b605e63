package io.github.resiliencestarter.timeout;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.TimeBudget;

/**
 * Fails the returned stage at the limit and cancels its source. What the method does
 * before it returns the stage is limited by the guard inside.
 */
final class StageTimeoutGuard implements Guard {

	private final Guard next;

	private final long limit;

	private final boolean outermost;

	private final TimeoutParts parts;

	/**
	 * Create the guard.
	 * @param next limits the method itself
	 * @param limit the limit, or {@code null} if only the caller's deadline counts
	 * @param outermost whether it counts the calls that end in time
	 * @param parts what all guards share
	 */
	StageTimeoutGuard(Guard next, @Nullable Duration limit, boolean outermost, TimeoutParts parts) {
		this.next = next;
		this.limit = TimeLimits.nanos(limit);
		this.outermost = outermost;
		this.parts = parts;
	}

	@Override
	public @Nullable Object call(MethodInvocation call) {
		TimeBudget budget = TimeBudget.ofThread();
		long place = this.parts.watch().enter();
		long start = this.parts.clock().nanoTime();
		long previous = budget.shortenTo(start + this.limit);
		long end = budget.expiresAt();
		CompletionStage<?> stage;
		try {
			stage = (CompletionStage<?>) this.next.call(call);
		}
		catch (Throwable failure) {
			stage = CompletableFuture.failedFuture(failure);
		}
		finally {
			budget.restore(previous);
		}
		return (stage != null) ? new LimitedStage(stage, start, end, this.outermost, this.parts).result(place) : null;
	}

}
