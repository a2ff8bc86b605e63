package io.github.resiliencestarter.guard;

import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * When the result of a method is there: at its return, or later.
 */
public enum ResultKind {

	/** At the method's return. */
	VALUE,

	/** When the returned {@link CompletionStage} completes. */
	STAGE,

	/** When a subscription to the returned Reactor {@code Mono} ends. */
	MONO,

	/** When a subscription to the returned Reactor {@code Flux} ends. */
	FLUX;

	/**
	 * Return the kind of a method's result.
	 * @param method the method
	 * @return the kind
	 */
	public static ResultKind of(Method method) {
		Class<?> type = method.getReturnType();
		if (type == CompletionStage.class || CompletableFuture.class.isAssignableFrom(type)) {
			return STAGE;
		}
		// by name: Reactor need not be there
		return switch (type.getName()) {
			case "reactor.core.publisher.Mono" -> MONO;
			case "reactor.core.publisher.Flux" -> FLUX;
			default -> VALUE;
		};
	}

	/**
	 * Tell whether the result comes after the method's return.
	 * @return whether it does
	 */
	public boolean isAsynchronous() {
		return this != VALUE;
	}

}
