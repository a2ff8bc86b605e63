package io.github.resiliencestarter.circuitbreaker;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The transitions of one breaker on their way to the listener: each once, in their order,
 * and never inside the breaker's lock.
 */
final class Transitions {

	private final Queue<CircuitBreakerTransition> untold = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean telling = new AtomicBoolean();

	private final Consumer<CircuitBreakerTransition> listener;

	Transitions(Consumer<CircuitBreakerTransition> listener) {
		this.listener = listener;
	}

	void add(CircuitBreakerTransition transition) {
		this.untold.add(transition);
	}

	void tell() {
		// whoever is telling already takes along what others add
		while (!this.untold.isEmpty() && this.telling.compareAndSet(false, true)) {
			try {
				for (CircuitBreakerTransition next = this.untold.poll(); next != null; next = this.untold.poll()) {
					this.listener.accept(next);
				}
			}
			finally {
				this.telling.set(false);
			}
		}
	}

}
