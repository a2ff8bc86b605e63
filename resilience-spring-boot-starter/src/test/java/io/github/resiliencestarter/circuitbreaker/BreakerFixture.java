package io.github.resiliencestarter.circuitbreaker;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.circuitbreaker.CircuitBreakerSnapshot.State;
import io.github.resiliencestarter.guard.EntryCheck;
import io.github.resiliencestarter.guard.TimeBudget;
import io.github.resiliencestarter.guard.VirtualClock;

/**
 * A breaker without Spring, on a clock that the test turns.
 */
final class BreakerFixture {

	static final Duration OPEN_TIME = Duration.ofSeconds(10);

	final VirtualClock clock = new VirtualClock();

	final List<CircuitBreakerTransition> transitions = new CopyOnWriteArrayList<>();

	final Breaker breaker;

	final BreakerOperator operator;

	final ProgrammaticBreaker calls;

	double random;

	BreakerFixture(Settings settings) {
		this.breaker = new Breaker("test", BreakerConfig.of(settings.build()), this.clock, () -> this.random,
				this.transitions::add);
		this.operator = new BreakerOperator(this.breaker);
		this.calls = new ProgrammaticBreaker(this.breaker, EntryCheck.NONE);
	}

	/** The last four calls, two of them are enough; half of them open; two trials. */
	static BreakerFixture small() {
		return small((settings) -> settings);
	}

	static BreakerFixture small(UnaryOperator<Settings> change) {
		return new BreakerFixture(change.apply(new Settings()));
	}

	@Nullable Permit tryAcquire() {
		return this.breaker.tryAcquire(TimeBudget.UNLIMITED);
	}

	void succeed(int times) {
		for (int call = 0; call < times; call++) {
			this.breaker.acquire().succeeded(this.clock.nanoTime());
		}
	}

	void fail(int times) {
		for (int call = 0; call < times; call++) {
			this.breaker.acquire().failed(this.clock.nanoTime());
		}
	}

	void succeedSlowly(Duration duration) {
		Permit permit = this.breaker.acquire();
		long startedAt = this.clock.nanoTime();
		this.clock.advance(duration);
		permit.succeeded(startedAt);
	}

	void failSlowly(Duration duration) {
		Permit permit = this.breaker.acquire();
		long startedAt = this.clock.nanoTime();
		this.clock.advance(duration);
		permit.failed(startedAt);
	}

	/** Open, and wait until trial calls are permitted. */
	void openAndWait() {
		fail(2);
		this.clock.advance(OPEN_TIME);
	}

	State state() {
		return this.breaker.snapshot().state();
	}

	static final class Settings {

		String window = "4";

		int minimum = 2;

		int failureRate = 50;

		@Nullable Duration slow;

		int slowRate = 100;

		Duration openTime = OPEN_TIME;

		int trials = 2;

		double multiplier = 1;

		@Nullable Duration longestOpenTime;

		double jitter;

		List<Class<? extends Throwable>> recorded = List.of();

		List<Class<? extends Throwable>> ignored = List.of();

		CircuitBreakerMode mode = CircuitBreakerMode.ON;

		Settings window(String window) {
			this.window = window;
			return this;
		}

		Settings minimum(int minimum) {
			this.minimum = minimum;
			return this;
		}

		Settings failureRate(int failureRate) {
			this.failureRate = failureRate;
			return this;
		}

		Settings slow(Duration slow, int slowRate) {
			this.slow = slow;
			this.slowRate = slowRate;
			return this;
		}

		Settings trials(int trials) {
			this.trials = trials;
			return this;
		}

		Settings backoff(double multiplier, Duration longestOpenTime) {
			this.multiplier = multiplier;
			this.longestOpenTime = longestOpenTime;
			return this;
		}

		Settings jitter(double jitter) {
			this.jitter = jitter;
			return this;
		}

		Settings recorded(Class<? extends Throwable> type) {
			this.recorded = List.of(type);
			return this;
		}

		Settings ignored(Class<? extends Throwable> type) {
			this.ignored = List.of(type);
			return this;
		}

		Settings mode(CircuitBreakerMode mode) {
			this.mode = mode;
			return this;
		}

		private CircuitBreakerSettings build() {
			return new CircuitBreakerSettings(SlidingWindow.of(this.window), this.minimum, this.failureRate, this.slow,
					this.slowRate, this.openTime, this.trials, this.recorded, this.ignored, this.multiplier,
					this.longestOpenTime, this.jitter, this.mode, null);
		}

	}

}
