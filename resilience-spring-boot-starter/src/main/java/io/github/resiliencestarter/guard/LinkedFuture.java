package io.github.resiliencestarter.guard;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A future that takes its result from a stage and, when cancelled, cancels the source
 * that the stage depends on.
 *
 * @param <T> the type of the result
 */
public final class LinkedFuture<T> extends CompletableFuture<T> {

	private final CompletionStage<?> source;

	private LinkedFuture(CompletionStage<?> source) {
		this.source = source;
	}

	/**
	 * Create a future.
	 * @param <T> the type of the result
	 * @param result where the result comes from; its failure is passed on as it is, not
	 * wrapped once more
	 * @param source what is cancelled when the future is
	 * @return the future
	 */
	public static <T> LinkedFuture<T> of(CompletionStage<T> result, CompletionStage<?> source) {
		LinkedFuture<T> future = new LinkedFuture<>(source);
		result.whenComplete((value, failure) -> {
			if (failure == null) {
				future.complete(value);
			}
			else {
				future.completeExceptionally(Failures.unwrap(failure));
			}
		});
		return future;
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		boolean cancelled = super.cancel(mayInterruptIfRunning);
		if (cancelled) {
			this.source.toCompletableFuture().cancel(mayInterruptIfRunning);
		}
		return cancelled;
	}

}
