package io.github.resiliencestarter.fallback;

import io.github.resiliencestarter.guard.Guard;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Answers where a subscription to the returned {@link Mono} or {@link Flux} fails, or the
 * publisher never came to be. Loaded only where a method returns a Reactor type.
 */
final class ReactorFallbackGuard implements Guard {

	private final Fallbacks fallbacks;

	private final Guard next;

	ReactorFallbackGuard(Fallbacks fallbacks, Guard next) {
		this.fallbacks = fallbacks;
		this.next = next;
	}

	@Override
	public @Nullable Object call(MethodInvocation call) throws Throwable {
		Object source;
		try {
			source = this.next.call(call);
		}
		catch (Throwable failure) {
			return this.fallbacks.answer(call, failure);
		}
		if (source instanceof Mono<?> mono) {
			return answered(call, mono);
		}
		return (source instanceof Flux<?> flux) ? answered(call, flux) : source;
	}

	private <T> Mono<T> answered(MethodInvocation call, Mono<T> source) {
		return source.onErrorResume(this.fallbacks::answers, (failure) -> Mono.from(this.<T>answer(call, failure)));
	}

	private <T> Flux<T> answered(MethodInvocation call, Flux<T> source) {
		return source.onErrorResume(this.fallbacks::answers, (failure) -> this.<T>answer(call, failure));
	}

	@SuppressWarnings("unchecked")
	private <T> Publisher<T> answer(MethodInvocation call, Throwable failure) {
		try {
			Publisher<T> answer = (Publisher<T>) this.fallbacks.answer(call, failure);
			return (answer != null) ? answer : Mono.empty();
		}
		catch (Throwable ex) {
			return Mono.error(ex);
		}
	}

}
