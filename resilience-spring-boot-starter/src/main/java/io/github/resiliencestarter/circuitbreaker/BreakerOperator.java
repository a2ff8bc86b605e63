package io.github.resiliencestarter.circuitbreaker;

import java.time.Duration;
import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;

/**
 * Puts a breaker into a state whatever its calls say.
 *
 * @param breaker the breaker
 */
record BreakerOperator(Breaker breaker) {

	void forceOpen(@Nullable Duration forHowLong) {
		act((now) -> this.breaker.moveTo(RefusingPhase.forced(this.breaker, end(now, forHowLong))));
	}

	void disable(@Nullable Duration forHowLong) {
		act((now) -> this.breaker.moveTo(new DisabledPhase(this.breaker, end(now, forHowLong))));
	}

	void close() {
		act((now) -> this.breaker.moveTo(new ClosedPhase(this.breaker, now)));
	}

	void reset() {
		act((now) -> this.breaker.recover());
	}

	private static long end(long now, @Nullable Duration forHowLong) {
		return (forHowLong != null) ? now + BreakerConfig.nanos(forHowLong) : RefusingPhase.NEVER;
	}

	private void act(LongConsumer action) {
		if (this.breaker.config().mode() == CircuitBreakerMode.OFF) {
			throw new IllegalStateException(
					"Circuit breaker '" + this.breaker.name() + "' is switched off by its mode");
		}
		this.breaker.lock();
		try {
			action.accept(this.breaker.clock().nanoTime());
		}
		finally {
			this.breaker.unlock();
		}
	}

}
