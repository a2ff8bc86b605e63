package io.github.resiliencestarter.circuitbreaker;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.util.function.SingletonSupplier;

import io.github.resiliencestarter.guard.AsyncGuards;
import io.github.resiliencestarter.guard.AttemptLimits;
import io.github.resiliencestarter.guard.DeclaredGuard;
import io.github.resiliencestarter.guard.DependencyNames;
import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.GuardFactory;
import io.github.resiliencestarter.guard.GuardOrder;
import io.github.resiliencestarter.guard.GuardedMethod;
import io.github.resiliencestarter.guard.TimeBudget;

/**
 * Makes the guards of {@link CircuitBreaker} methods.
 */
final class CircuitBreakerGuardFactory implements GuardFactory, DependencyNames {

	private final SingletonSupplier<BreakerRegistry> registry;

	private final Supplier<Stream<AttemptLimits>> limits;

	CircuitBreakerGuardFactory(Supplier<BreakerRegistry> registry, Supplier<Stream<AttemptLimits>> limits) {
		this.registry = SingletonSupplier.of(registry);
		this.limits = limits;
	}

	@Override
	public GuardOrder order() {
		return GuardOrder.CIRCUIT_BREAKER;
	}

	@Override
	public boolean guards(GuardedMethod method) {
		return method.has(CircuitBreaker.class);
	}

	@Override
	public Guard create(GuardedMethod method, Guard next) {
		DeclaredGuard<CircuitBreaker> declared = method.find(CircuitBreaker.class);
		if (declared == null) {
			return next;
		}
		Breaker breaker = this.registry.obtain().get(declared.text("name"), method, settings(declared));
		if (breaker.config().mode() == CircuitBreakerMode.OFF) {
			return next;
		}
		if (method.resultKind().isAsynchronous()) {
			return AsyncGuards.gated(method.resultKind(), next, new BreakerGate(breaker, attemptLimit(method)));
		}
		return new BreakerGuard(breaker, attemptLimit(method), next);
	}

	private long attemptLimit(GuardedMethod method) {
		return this.limits.get()
			.map((limits) -> limits.attemptLimitOf(method))
			.filter((limit) -> limit != null)
			.mapToLong(BreakerConfig::nanos)
			.min()
			.orElse(TimeBudget.UNLIMITED);
	}

	@Override
	public @Nullable String dependencyOf(GuardedMethod method) {
		DeclaredGuard<CircuitBreaker> declared = method.find(CircuitBreaker.class);
		return (declared != null) ? declared.text("name") : null;
	}

	private static CircuitBreakerSettings settings(DeclaredGuard<CircuitBreaker> declared) {
		return new CircuitBreakerSettings(
				declared.parsed("slidingWindow", SlidingWindow::of,
						"Use a number of calls such as 100, or a duration such as 30s."),
				declared.count("minimumNumberOfCalls"), declared.percentage("failureRateThreshold"),
				declared.duration("slowCallDurationThreshold"), declared.percentage("slowCallRateThreshold"),
				openTime(declared), declared.count("permittedNumberOfCallsInHalfOpenState"),
				types(declared.annotation().recordExceptions()), types(declared.annotation().ignoreExceptions()), null,
				null, null, null, null);
	}

	private static @Nullable Duration openTime(DeclaredGuard<CircuitBreaker> declared) {
		Duration time = declared.duration("waitDurationInOpenState");
		if (time != null && time.compareTo(CircuitBreakerSettings.SHORTEST_OPEN_TIME) < 0) {
			throw declared.invalid("waitDurationInOpenState", time.toString(), "Use a duration of at least 1ms.");
		}
		return time;
	}

	private static @Nullable List<Class<? extends Throwable>> types(Class<? extends Throwable>[] declared) {
		return (declared.length > 0) ? List.of(declared) : null;
	}

}
