package io.github.resiliencestarter.circuitbreaker;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.CallGuard;
import io.github.resiliencestarter.guard.ConfiguredInstances;
import io.github.resiliencestarter.guard.EntryCheck;
import io.github.resiliencestarter.guard.GuardedMethod;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.NamedGuards;

/**
 * The breakers by name.
 */
final class BreakerRegistry implements CircuitBreakers, ConfiguredInstances {

	private final NamedGuards<BreakerConfig, ProgrammaticBreaker> breakers = new NamedGuards<>("@CircuitBreaker");

	private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

	private final CircuitBreakerProperties properties;

	private final MonotonicClock clock;

	private final Consumer<CircuitBreakerTransition> publisher;

	private final EntryCheck entry;

	BreakerRegistry(CircuitBreakerProperties properties, MonotonicClock clock,
			Consumer<CircuitBreakerTransition> publisher, EntryCheck entry) {
		this.properties = properties;
		this.clock = clock;
		this.publisher = publisher;
		this.entry = entry;
		properties.names()
			.forEach((name) -> this.breakers.declare(name, config(name, CircuitBreakerSettings.NONE),
					(config) -> create(name, config)));
	}

	/**
	 * Return the breaker of a method.
	 * @param explicitName the name that the annotation gives, if any
	 * @param method the method
	 * @param annotated what the annotation says
	 * @return the breaker
	 */
	Breaker get(@Nullable String explicitName, GuardedMethod method, CircuitBreakerSettings annotated) {
		String name = (explicitName != null) ? explicitName : method.name();
		boolean known = this.breakers.find(name) != null;
		Breaker breaker = this.breakers
			.get(explicitName, method, config(name, annotated), (config) -> create(name, config))
			.breaker();
		if (!known) {
			this.listeners.forEach((listener) -> listener.accept(name));
		}
		return breaker;
	}

	private BreakerConfig config(String name, CircuitBreakerSettings annotated) {
		return BreakerConfig.of(this.properties.settings(name, annotated));
	}

	private ProgrammaticBreaker create(String name, BreakerConfig config) {
		return new ProgrammaticBreaker(
				new Breaker(name, config, this.clock, () -> ThreadLocalRandom.current().nextDouble(), this.publisher),
				this.entry);
	}

	@Override
	public Set<String> names() {
		return this.breakers.names();
	}

	@Override
	public void forEachName(Consumer<String> action) {
		this.listeners.add(action);
		names().forEach(action);
	}

	@Override
	public CircuitBreakerSnapshot snapshot(String name) {
		return find(name).breaker().snapshot();
	}

	@Override
	public CircuitBreakerCalls calls(String name) {
		return find(name).breaker().calls();
	}

	@Override
	public CallGuard named(String name) {
		return find(name);
	}

	@Override
	public void forceOpen(String name, @Nullable Duration forHowLong) {
		operator(name).forceOpen(forHowLong);
	}

	@Override
	public void disable(String name, @Nullable Duration forHowLong) {
		operator(name).disable(forHowLong);
	}

	@Override
	public void close(String name) {
		operator(name).close();
	}

	@Override
	public void reset(String name) {
		operator(name).reset();
	}

	private BreakerOperator operator(String name) {
		return new BreakerOperator(find(name).breaker());
	}

	private ProgrammaticBreaker find(String name) {
		ProgrammaticBreaker breaker = this.breakers.find(name);
		if (breaker == null) {
			throw new IllegalArgumentException(
					"There is no circuit breaker '" + name + "'. Known: " + String.join(", ", names()));
		}
		return breaker;
	}

	@Override
	public String prefix() {
		return CircuitBreakerProperties.INSTANCES;
	}

	@Override
	public Set<String> configured() {
		return this.properties.instances().keySet();
	}

	@Override
	public Set<String> known() {
		return names();
	}

	@Override
	public Class<? extends Record> settings() {
		return CircuitBreakerSettings.class;
	}

}
