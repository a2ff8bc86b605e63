package io.github.resiliencestarter.retry.framework;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Method;
import java.time.Duration;

import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.TimeBudget;
import io.github.resiliencestarter.retry.RetriedCall;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

import org.springframework.util.backoff.BackOffExecution;

/**
 * Retries methods that return a {@link Mono} or {@link Flux}, by subscribing again to
 * what the method has returned. The framework's interceptor does it; it is given a source
 * whose subscription waits as long as the budget, the deadline and the origin of the
 * failure demand. Every subscription of the caller is a call of its own. Loaded only
 * where a method returns a Reactor type.
 */
final class ReactorRetryGuard implements Guard {

	private final HostedRetry retry;

	private final Guard next;

	ReactorRetryGuard(HostedRetry retry, Guard next) {
		this.retry = retry;
		this.next = next;
	}

	@Override
	public @Nullable Object call(MethodInvocation call) throws Throwable {
		Object source = this.next.call(call);
		if (source instanceof Mono<?> mono) {
			return Mono.defer(() -> new Subscription().of(call, mono));
		}
		return (source instanceof Flux<?> flux) ? Flux.defer(() -> new Subscription().of(call, flux)) : source;
	}

	/**
	 * One subscription of the caller. Attempts follow each other, so its state is only
	 * ever touched by one thread at a time.
	 */
	private final class Subscription {

		private final RetriedCall call = ReactorRetryGuard.this.retry.retried().hostedLater(TimeBudget.UNLIMITED);

		private final BackOffExecution backOff = ReactorRetryGuard.this.retry.backOff();

		private long wait;

		private @Nullable Throwable last;

		Mono<?> of(MethodInvocation invocation, Mono<?> source) {
			Mono<?> attempt = Mono.defer(() -> mayStart() ? source.delaySubscription(nextWait()) : Mono.error(last()))
				.retryWhen(rejectionsWaitedOut());
			return ((Mono<?>) retried(invocation, attempt)).doOnSuccess((value) -> this.call.succeeded())
				.doFinally((signal) -> this.call.ended());
		}

		Flux<?> of(MethodInvocation invocation, Flux<?> source) {
			Flux<?> attempt = Flux.defer(() -> mayStart() ? source.delaySubscription(nextWait()) : Flux.error(last()))
				.retryWhen(rejectionsWaitedOut());
			return ((Flux<?>) retried(invocation, attempt)).doOnComplete(this.call::succeeded)
				.doFinally((signal) -> this.call.ended());
		}

		private Object retried(MethodInvocation invocation, Publisher<?> attempt) {
			HostedRetry retry = ReactorRetryGuard.this.retry;
			try {
				Object retried = retry.interceptor(retry.spec().timeout(), this::again)
					.invoke(new SourceInvocation(invocation, retry.method(), attempt));
				return (retried != null) ? retried : attempt;
			}
			catch (Throwable ex) {
				throw new IllegalStateException("Could not decorate " + retry.method(), ex);
			}
		}

		private boolean again(Throwable failure) {
			this.last = failure;
			this.wait = HostedRetry.retryIn(this.call, this.backOff, failure);
			return this.wait != RetriedCall.GIVE_UP;
		}

		private boolean mayStart() {
			return this.last == null || this.call.mayStart();
		}

		private Duration nextWait() {
			Duration next = Duration.ofNanos(this.wait);
			this.wait = 0;
			return next;
		}

		private Throwable last() {
			return (this.last != null) ? this.last : new IllegalStateException("No attempt has failed");
		}

		private Retry rejectionsWaitedOut() {
			return Retry.from((failures) -> failures.concatMap((signal) -> {
				long waitOut = this.call.waitOut(signal.failure());
				return (waitOut != RetriedCall.GIVE_UP) ? Mono.delay(Duration.ofNanos(waitOut))
						: Mono.error(signal.failure());
			}));
		}

	}

	/**
	 * What the framework's interceptor decorates.
	 */
	private record SourceInvocation(MethodInvocation call, Method method,
			Publisher<?> source) implements MethodInvocation {

		@Override
		public Object proceed() {
			return this.source;
		}

		@Override
		public Method getMethod() {
			return this.method;
		}

		@Override
		public @Nullable Object[] getArguments() {
			return this.call.getArguments();
		}

		@Override
		public @Nullable Object getThis() {
			return this.call.getThis();
		}

		@Override
		public AccessibleObject getStaticPart() {
			return this.method;
		}

	}

}
