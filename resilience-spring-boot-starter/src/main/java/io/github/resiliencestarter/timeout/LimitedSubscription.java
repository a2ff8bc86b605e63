package io.github.resiliencestarter.timeout;

import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.util.context.Context;

import io.github.resiliencestarter.guard.TimeBudget;

/**
 * One subscription with a limit. Its outcome is counted once, whichever of source and
 * watch comes first.
 */
final class LimitedSubscription {

	private final long start;

	private final long end;

	private final boolean counts;

	private final TimeoutParts parts;

	private final long place;

	private final AtomicBoolean settled = new AtomicBoolean();

	private volatile boolean expired;

	LimitedSubscription(long start, long end, boolean counts, TimeoutParts parts) {
		this.start = start;
		this.end = end;
		this.counts = counts;
		this.parts = parts;
		this.place = parts.watch().enter();
	}

	Context into(Context context) {
		return context.put(TimeBudget.CONTEXT_KEY, this.end);
	}

	/**
	 * Do something with the deadline open on this thread.
	 * @param action what to do
	 */
	void open(Runnable action) {
		TimeBudget budget = TimeBudget.ofThread();
		long previous = budget.shortenTo(this.end);
		try {
			action.run();
		}
		finally {
			budget.restore(previous);
		}
	}

	/**
	 * Return what completes at the limit, unless it is cancelled before. It completes
	 * rather than fails: only then does {@code takeUntilOther} cancel the source.
	 * @return the signal
	 */
	Mono<Object> expiry() {
		return Mono.create((sink) -> {
			Expiry expiry = this.parts.watch().schedule(this.end, this.place, () -> {
				if (settle()) {
					this.expired = true;
					sink.success();
				}
			});
			sink.onDispose(() -> this.parts.watch().cancel(expiry));
		});
	}

	/**
	 * Let the one signal of a {@code Mono} pass if it comes in time.
	 * @param signal the signal
	 * @return the signal, or a time-out
	 */
	Signal<?> judge(Signal<?> signal) {
		if (!settle()) {
			return signal;
		}
		Throwable failure = signal.getThrowable();
		if (isLate()) {
			return Signal.error(timedOut(failure));
		}
		countInTime(failure);
		return signal;
	}

	/**
	 * Return what follows the last element: nothing, or a time-out.
	 * @return the end
	 */
	Mono<Object> end() {
		Throwable late = this.expired ? timedOut(null) : judge(Signal.complete()).getThrowable();
		return (late != null) ? Mono.error(late) : Mono.empty();
	}

	Throwable failed(Throwable failure) {
		Throwable judged = judge(Signal.error(failure)).getThrowable();
		return (judged != null) ? judged : failure;
	}

	private boolean settle() {
		return this.settled.compareAndSet(false, true);
	}

	private boolean isLate() {
		return this.parts.clock().nanoTime() >= this.end;
	}

	private CallTimeoutException timedOut(@Nullable Throwable failure) {
		return this.parts.instance().timedOut(this.end - this.start, failure);
	}

	private void countInTime(@Nullable Throwable failure) {
		if (this.counts && !this.parts.instance().isSource(failure)) {
			this.parts.instance().succeeded();
		}
	}

}
