package io.github.resiliencestarter.fallback;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.LinkedFuture;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * Answers where the returned {@link CompletionStage} fails, or never came to be. Nobody
 * waits for the answer to a call that was cancelled.
 */
final class StageFallbackGuard implements Guard {

	private final Fallbacks fallbacks;

	private final Guard next;

	StageFallbackGuard(Fallbacks fallbacks, Guard next) {
		this.fallbacks = fallbacks;
		this.next = next;
	}

	@Override
	public @Nullable Object call(MethodInvocation call) {
		CompletionStage<?> source;
		try {
			source = (CompletionStage<?>) this.next.call(call);
		}
		catch (Throwable failure) {
			return answer(call, failure).toCompletableFuture();
		}
		if (source == null) {
			return null;
		}
		CompletionStage<?> answered = source
			.handle((value, failure) -> (failure == null) ? CompletableFuture.<@Nullable Object>completedFuture(value)
					: answer(call, failure))
			.thenCompose((stage) -> stage);
		return LinkedFuture.of(answered, source);
	}

	@SuppressWarnings("unchecked")
	private CompletionStage<@Nullable Object> answer(MethodInvocation call, Throwable failure) {
		if (failure instanceof CancellationException) {
			return CompletableFuture.failedFuture(failure);
		}
		try {
			CompletionStage<@Nullable Object> stage = (CompletionStage<@Nullable Object>) this.fallbacks.answer(call,
					failure);
			return (stage != null) ? stage : CompletableFuture.completedFuture(null);
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

}
