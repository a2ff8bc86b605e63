package io.github.resiliencestarter.throttle;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.CallGuard;
import io.github.resiliencestarter.guard.DeclaredGuard;
import io.github.resiliencestarter.guard.EntryCheck;
import io.github.resiliencestarter.guard.GuardDeclaration;
import io.github.resiliencestarter.guard.GuardedMethod;
import io.github.resiliencestarter.guard.InvalidGuardException;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.NamedGuards;

/**
 * The throttles by name, each made when the first method asks for it, or at the start if
 * only programs use it.
 */
final class NamedThrottles implements Throttles {

	private final NamedGuards<ThrottleSettings, ProgrammaticThrottle> guards = new NamedGuards<>("@Throttled");

	private final ThrottleProperties properties;

	private final ClusterPermitsFactory cluster;

	private final MonotonicClock clock;

	private final EntryCheck entry;

	private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

	private final Set<String> told = new TreeSet<>();

	NamedThrottles(ThrottleProperties properties, ClusterPermitsFactory cluster, MonotonicClock clock,
			EntryCheck entry) {
		this.properties = properties;
		this.cluster = cluster;
		this.clock = clock;
		this.entry = entry;
		properties.names().forEach(this::declare);
	}

	private void declare(String name) {
		GuardDeclaration declaration = GuardDeclaration.inProperties(name, ThrottleProperties.NAMES);
		ThrottleSettings settings = this.properties.settings(name, ThrottleSettings.NONE);
		verify(declaration, name, settings);
		this.guards.declare(name, settings, (agreed) -> create(declaration, name, agreed));
		tell(name);
	}

	/**
	 * Return the throttle of a method.
	 * @param method the method
	 * @param declared its annotation
	 * @return the throttle, which other methods may share
	 * @throws InvalidGuardException if annotation or properties are wrong
	 */
	Throttle get(GuardedMethod method, DeclaredGuard<Throttled> declared) {
		String explicitName = declared.text("name");
		String name = (explicitName != null) ? explicitName : method.name();
		ThrottleSettings settings = this.properties.settings(name, ThrottleSettings.of(declared));
		verify(method, name, settings);
		Throttle throttle = this.guards.get(explicitName, method, settings, (agreed) -> create(method, name, agreed))
			.throttle();
		tell(name);
		return throttle;
	}

	private ProgrammaticThrottle create(GuardDeclaration declaration, String name, ThrottleSettings settings) {
		Throttle throttle = new Throttle(name, settings, permits(declaration, name, settings), this.clock);
		return new ProgrammaticThrottle(throttle, this.entry);
	}

	private static void verify(GuardDeclaration declaration, String name, ThrottleSettings settings) {
		if (settings.limitsNothing()) {
			throw declaration.invalid("has a throttle that limits nothing",
					"Give it a rate, such as 100/s, or a concurrency, such as 10: in " + ThrottleProperties.INSTANCES
							+ "[" + name + "], or in a method's annotation.");
		}
		if (settings.rate() == null && settings.burst() != null) {
			throw declaration.invalid("has a throttle with a burst but without a rate",
					"Give it a rate, such as 100/s.");
		}
		if (settings.rate() == null && settings.isCluster()) {
			throw declaration.invalid("has a throttle of scope CLUSTER without a rate",
					"Give it a rate: calls in flight are limited on each instance alone.");
		}
		try {
			Limits.of(settings);
		}
		catch (IllegalArgumentException ex) {
			throw declaration.invalid("has a throttle whose burst is too large: " + ex.getMessage(),
					"Lower the burst.");
		}
	}

	private @Nullable Permits permits(GuardDeclaration declaration, String name, ThrottleSettings settings) {
		RateLimit limit = Limits.of(settings).rate();
		if (limit == null) {
			return null;
		}
		Permits local = (settings.key() != null) ? new KeyedPermits(limit, settings.maxKeysOrDefault(), this.clock)
				: new SinglePermits(limit);
		boolean shared = settings.isCluster() && settings.modeOrDefault() != ThrottleMode.OFF;
		return shared ? this.cluster.create(declaration, name, limit, settings.onStoreFailureOrDefault(), local)
				: local;
	}

	private synchronized void tell(String name) {
		if (this.told.add(name)) {
			this.listeners.forEach((listener) -> listener.accept(name));
		}
	}

	@Override
	public synchronized void forEachName(Consumer<String> action) {
		this.told.forEach(action);
		this.listeners.add(action);
	}

	@Override
	public Set<String> names() {
		return this.guards.names();
	}

	@Override
	public ThrottleSnapshot snapshot(String name) {
		return find(name).throttle().snapshot();
	}

	@Override
	public CallGuard named(String name) {
		ProgrammaticThrottle throttle = find(name);
		if (throttle.hasKeys()) {
			throw new IllegalArgumentException(
					"Throttle '" + name + "' has a limit for each key: call it with the key of this call");
		}
		return throttle;
	}

	@Override
	public <T extends @Nullable Object> T call(String name, Object key, Callable<T> action) throws Exception {
		ProgrammaticThrottle throttle = find(name);
		if (!throttle.hasKeys()) {
			throw new IllegalArgumentException("Throttle '" + name + "' has one limit for all calls: call it without "
					+ "a key, or set " + ThrottleProperties.INSTANCES + "[" + name + "].key");
		}
		return throttle.call(ThrottleKey.comparable(key), action);
	}

	@Override
	public void changeRate(String name, Rate rate, @Nullable Long burst) {
		find(name).throttle().changeRate(rate, burst);
	}

	@Override
	public void changeConcurrency(String name, int concurrency) {
		find(name).throttle().changeConcurrency(concurrency);
	}

	private ProgrammaticThrottle find(String name) {
		ProgrammaticThrottle throttle = this.guards.find(name);
		if (throttle == null) {
			throw new IllegalArgumentException("No throttle is named '" + name + "'. There are: " + names());
		}
		return throttle;
	}

}
