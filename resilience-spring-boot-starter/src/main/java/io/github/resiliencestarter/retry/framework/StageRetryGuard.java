package io.github.resiliencestarter.retry.framework;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import io.github.resiliencestarter.guard.Failures;
import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.TimeBudget;
import io.github.resiliencestarter.retry.RetriedCall;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.resilience.retry.MethodRetryEvent;
import org.springframework.util.backoff.BackOffExecution;

/**
 * Retries methods that return a {@link CompletionStage}, when the stage fails. The
 * framework's interceptor would only see exceptions thrown before the stage is returned,
 * so this applies the framework's policy itself. Further attempts start on the common
 * pool, after the wait; no thread is blocked by it.
 */
final class StageRetryGuard implements Guard {

	private final HostedRetry retry;

	private final Guard next;

	StageRetryGuard(HostedRetry retry, Guard next) {
		this.retry = retry;
		this.next = next;
	}

	@Override
	public @Nullable Object call(MethodInvocation call) {
		Result result = new Result((ProxyMethodInvocation) ((ProxyMethodInvocation) call).invocableClone());
		result.attempt(call);
		return result;
	}

	/**
	 * What the caller gets: completes with the last attempt. Cancelling it cancels the
	 * attempt that is running, and no other starts.
	 */
	private final class Result extends CompletableFuture<@Nullable Object> {

		private final ProxyMethodInvocation fresh;

		private final RetriedCall call;

		private final BackOffExecution backOff;

		private volatile @Nullable CompletionStage<?> running;

		Result(ProxyMethodInvocation fresh) {
			HostedRetry retry = StageRetryGuard.this.retry;
			this.fresh = fresh;
			this.call = retry.retried().hostedLater(retry.limit());
			this.backOff = retry.backOff();
		}

		void attempt(MethodInvocation invocation) {
			CompletionStage<?> stage;
			try {
				stage = (CompletionStage<?>) StageRetryGuard.this.next.call(invocation);
			}
			catch (Throwable failure) {
				failed(failure);
				return;
			}
			if (stage == null) {
				ended(null, null);
				return;
			}
			this.running = stage;
			stage.whenComplete((value, failure) -> {
				if (failure == null) {
					ended(value, null);
				}
				else {
					failed(Failures.unwrap(failure));
				}
			});
			if (isCancelled()) {
				stage.toCompletableFuture().cancel(true);
			}
		}

		private void failed(Throwable failure) {
			long wait = (isDone() || failure instanceof CancellationException) ? RetriedCall.GIVE_UP
					: waitAfter(failure);
			if (wait == RetriedCall.GIVE_UP) {
				ended(null, failure);
				return;
			}
			CompletableFuture.delayedExecutor(wait, TimeUnit.NANOSECONDS).execute(() -> again(failure));
		}

		private long waitAfter(Throwable failure) {
			long waitOut = this.call.waitOut(failure);
			if (waitOut != RetriedCall.GIVE_UP) {
				return waitOut;
			}
			HostedRetry retry = StageRetryGuard.this.retry;
			retry.events().publishEvent(new MethodRetryEvent(this.fresh, failure, false));
			return retry.policy().shouldRetry(failure) ? HostedRetry.retryIn(this.call, this.backOff, failure)
					: RetriedCall.GIVE_UP;
		}

		private void again(Throwable failure) {
			if (isDone() || !this.call.mayStart()) {
				ended(null, failure);
				return;
			}
			TimeBudget budget = TimeBudget.ofThread();
			long previous = budget.shortenTo(this.call.expiresAt());
			try {
				attempt(this.fresh.invocableClone());
			}
			finally {
				budget.restore(previous);
			}
		}

		private void ended(@Nullable Object value, @Nullable Throwable failure) {
			if (failure == null) {
				this.call.succeeded();
				this.call.ended();
				complete(value);
			}
			else {
				this.call.ended();
				completeExceptionally(failure);
			}
		}

		@Override
		public boolean cancel(boolean mayInterruptIfRunning) {
			boolean cancelled = super.cancel(mayInterruptIfRunning);
			CompletionStage<?> stage = this.running;
			if (cancelled && stage != null) {
				stage.toCompletableFuture().cancel(mayInterruptIfRunning);
			}
			return cancelled;
		}

	}

}
