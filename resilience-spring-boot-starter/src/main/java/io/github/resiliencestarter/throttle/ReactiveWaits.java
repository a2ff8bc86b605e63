package io.github.resiliencestarter.throttle;

import java.util.concurrent.atomic.AtomicBoolean;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.ResultKind;

/**
 * Lets subscriptions wait for their permit on a thread that may block, never on an event
 * loop. Cancelling interrupts the wait, which gives the permit back; the refusal that
 * follows is for nobody. Loaded only where a method returns a Reactor type and may wait.
 */
final class ReactiveWaits {

	private ReactiveWaits() {
	}

	static Guard elsewhere(ResultKind kind, Guard guard) {
		return switch (kind) {
			case VALUE, STAGE -> guard;
			case MONO -> (call) -> {
				Mono<?> result = (Mono<?>) guard.call(call);
				return (result != null) ? elsewhere(result) : null;
			};
			case FLUX -> (call) -> {
				Flux<?> result = (Flux<?>) guard.call(call);
				return (result != null) ? elsewhere(result) : null;
			};
		};
	}

	private static <T> Mono<T> elsewhere(Mono<T> result) {
		return Mono.defer(() -> {
			AtomicBoolean cancelled = new AtomicBoolean();
			return result.onErrorResume((ex) -> cancelled.get(), (ex) -> Mono.never())
				.subscribeOn(Schedulers.boundedElastic())
				.doOnCancel(() -> cancelled.set(true));
		});
	}

	private static <T> Flux<T> elsewhere(Flux<T> result) {
		return Flux.defer(() -> {
			AtomicBoolean cancelled = new AtomicBoolean();
			return result.onErrorResume((ex) -> cancelled.get(), (ex) -> Flux.never())
				.subscribeOn(Schedulers.boundedElastic(), false)
				.doOnCancel(() -> cancelled.set(true));
		});
	}

}
