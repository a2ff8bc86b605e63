package io.github.resiliencestarter.timeout;

import java.time.Duration;
import java.util.function.BiFunction;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;
import reactor.util.context.ContextView;

import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.TimeBudget;

/**
 * Limits each subscription. Loaded only where a method returns a Reactor type. Outer and
 * inner limits meet in the subscriber's context, where the earlier end counts; what was
 * left of the caller's time when the method was called counts too.
 */
final class ReactorTimeoutGuards {

	private ReactorTimeoutGuards() {
	}

	static Guard mono(Guard next, @Nullable Duration limit, boolean outermost, TimeoutParts parts) {
		return new PublisherGuard<>(next, limit, outermost, parts, Mono.class, ReactorTimeoutGuards::limitedMono);
	}

	static Guard flux(Guard next, @Nullable Duration limit, boolean outermost, TimeoutParts parts) {
		return new PublisherGuard<>(next, limit, outermost, parts, Flux.class, ReactorTimeoutGuards::limitedFlux);
	}

	private static Mono<?> limitedMono(Mono<?> source, Limits limits) {
		return Mono.deferContextual((context) -> {
			LimitedSubscription limited = limits.open(context);
			return new OpenMono<>(source, limited).materialize()
				.map(limited::judge)
				.dematerialize()
				.takeUntilOther(limited.expiry())
				.switchIfEmpty(Mono.defer(limited::end))
				.contextWrite(limited::into);
		});
	}

	private static Flux<?> limitedFlux(Flux<?> source, Limits limits) {
		return Flux.deferContextual((context) -> {
			LimitedSubscription limited = limits.open(context);
			return new OpenFlux<>(source, limited).<Object>cast(Object.class)
				.onErrorMap(limited::failed)
				.takeUntilOther(limited.expiry())
				.concatWith(Mono.defer(limited::end))
				.contextWrite(limited::into);
		});
	}

	/**
	 * Opens the deadline for what the source does while it is subscribed to.
	 *
	 * @param <T> the type of element
	 */
	private static final class OpenMono<T> extends MonoOperator<T, T> {

		private final LimitedSubscription limited;

		OpenMono(Mono<T> source, LimitedSubscription limited) {
			super(source);
			this.limited = limited;
		}

		@Override
		public void subscribe(CoreSubscriber<? super T> subscriber) {
			this.limited.open(() -> this.source.subscribe(subscriber));
		}

	}

	/**
	 * Opens the deadline for what the source does while it is subscribed to.
	 *
	 * @param <T> the type of element
	 */
	private static final class OpenFlux<T> extends FluxOperator<T, T> {

		private final LimitedSubscription limited;

		OpenFlux(Flux<T> source, LimitedSubscription limited) {
			super(source);
			this.limited = limited;
		}

		@Override
		public void subscribe(CoreSubscriber<? super T> subscriber) {
			this.limited.open(() -> this.source.subscribe(subscriber));
		}

	}

	/**
	 * What holds for all subscriptions to one publisher.
	 */
	record Limits(long limit, long callersEnd, boolean counts, TimeoutParts parts) {

		LimitedSubscription open(ContextView context) {
			long start = this.parts.clock().nanoTime();
			long outer = context.<Long>getOrEmpty(TimeBudget.CONTEXT_KEY).orElse(TimeBudget.UNLIMITED);
			long end = Math.min(start + this.limit, Math.min(this.callersEnd, outer));
			return new LimitedSubscription(start, end, this.counts, this.parts);
		}

	}

	/**
	 * Limits what a method publishes.
	 *
	 * @param <P> the type of publisher
	 */
	private static final class PublisherGuard<P> implements Guard {

		private final Guard next;

		private final long limit;

		private final boolean outermost;

		private final TimeoutParts parts;

		private final Class<P> type;

		private final BiFunction<P, Limits, P> limited;

		PublisherGuard(Guard next, @Nullable Duration limit, boolean outermost, TimeoutParts parts, Class<P> type,
				BiFunction<P, Limits, P> limited) {
			this.next = next;
			this.limit = TimeLimits.nanos(limit);
			this.outermost = outermost;
			this.parts = parts;
			this.type = type;
			this.limited = limited;
		}

		@Override
		public @Nullable Object call(MethodInvocation call) throws Throwable {
			long callersEnd = TimeBudget.ofThread().expiresAt();
			Object publisher = this.next.call(call);
			return (publisher != null) ? this.limited.apply(this.type.cast(publisher),
					new Limits(this.limit, callersEnd, this.outermost, this.parts)) : null;
		}

	}

}
