package io.github.resiliencestarter.timeout;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.Failures;
import io.github.resiliencestarter.guard.LinkedFuture;

/**
 * One stage with a limit. It ends once: by its source, by the watch, or by whoever
 * cancels it; the first of them settles it.
 */
final class LimitedStage {

	private final CompletionStage<?> source;

	private final long start;

	private final long end;

	private final boolean counts;

	private final TimeoutParts parts;

	private final LinkedFuture<@Nullable Object> result;

	private final AtomicBoolean settled = new AtomicBoolean();

	LimitedStage(CompletionStage<?> source, long start, long end, boolean counts, TimeoutParts parts) {
		this.source = source;
		this.start = start;
		this.end = end;
		this.counts = counts;
		this.parts = parts;
		this.result = LinkedFuture.of(new CompletableFuture<>(), source);
	}

	CompletableFuture<?> result(long place) {
		Expiry expiry = this.parts.watch().schedule(this.end, place, this::expire);
		this.result.whenComplete((value, failure) -> this.parts.watch().cancel(expiry));
		this.source.whenComplete(this::sourceEnded);
		return this.result;
	}

	// the source first: whoever sees the time-out finds it cancelled and what it held
	// free
	private void expire() {
		if (this.settled.compareAndSet(false, true)) {
			try {
				this.source.toCompletableFuture().cancel(true);
			}
			finally {
				this.result.completeExceptionally(timedOut(null));
			}
		}
	}

	private void sourceEnded(@Nullable Object value, @Nullable Throwable wrapped) {
		if (this.result.isDone() || !this.settled.compareAndSet(false, true)) {
			return;
		}
		Throwable failure = (wrapped != null) ? Failures.unwrap(wrapped) : null;
		if (this.parts.clock().nanoTime() >= this.end) {
			this.result.completeExceptionally(timedOut(failure));
			return;
		}
		if (this.counts && !this.parts.instance().isSource(failure)) {
			this.parts.instance().succeeded();
		}
		if (failure != null) {
			this.result.completeExceptionally(failure);
		}
		else {
			this.result.complete(value);
		}
	}

	private CallTimeoutException timedOut(@Nullable Throwable failure) {
		return this.parts.instance().timedOut(this.end - this.start, failure);
	}

}
