package io.github.resiliencestarter.throttle;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.DeclaredGuard;
import io.github.resiliencestarter.guard.GuardedMethod;
import io.github.resiliencestarter.guard.InvalidGuardException;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.NamedGuards;

/**
 * The throttles by name, each made when the first method asks for it.
 */
final class NamedThrottles implements Throttles {

	private final NamedGuards<ThrottleSettings, Throttle> guards = new NamedGuards<>("@Throttled");

	private final ThrottleProperties properties;

	private final ClusterPermitsFactory cluster;

	private final MonotonicClock clock;

	private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

	private final Set<String> told = new TreeSet<>();

	NamedThrottles(ThrottleProperties properties, ClusterPermitsFactory cluster, MonotonicClock clock) {
		this.properties = properties;
		this.cluster = cluster;
		this.clock = clock;
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
		Throttle throttle = this.guards.get(explicitName, method, settings,
				(agreed) -> new Throttle(name, agreed, permits(method, name, agreed), this.clock));
		tell(name);
		return throttle;
	}

	private static void verify(GuardedMethod method, String name, ThrottleSettings settings) {
		if (settings.limitsNothing()) {
			throw method.invalid("has @Throttled that limits nothing",
					"Give it a rate, such as 100/s, or a " + "concurrency, such as 10, in the annotation or as "
							+ ThrottleProperties.INSTANCES + "[" + name + "].");
		}
		if (settings.rate() == null && settings.burst() != null) {
			throw method.invalid("has @Throttled with a burst but without a rate", "Give it a rate, such as 100/s.");
		}
		if (settings.rate() == null && settings.isCluster()) {
			throw method.invalid("has @Throttled of scope CLUSTER without a rate",
					"Give it a rate: calls in flight are limited on each instance alone.");
		}
		try {
			Limits.of(settings);
		}
		catch (IllegalArgumentException ex) {
			throw method.invalid("has @Throttled whose burst is too large: " + ex.getMessage(), "Lower the burst.");
		}
	}

	private @Nullable Permits permits(GuardedMethod method, String name, ThrottleSettings settings) {
		RateLimit limit = Limits.of(settings).rate();
		if (limit == null) {
			return null;
		}
		Permits local = (settings.key() != null) ? new KeyedPermits(limit, settings.maxKeysOrDefault(), this.clock)
				: new SinglePermits(limit);
		boolean shared = settings.isCluster() && settings.modeOrDefault() != ThrottleMode.OFF;
		return shared ? this.cluster.create(method, name, limit, settings.onStoreFailureOrDefault(), local) : local;
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
		return find(name).snapshot();
	}

	@Override
	public void changeRate(String name, Rate rate, @Nullable Long burst) {
		find(name).changeRate(rate, burst);
	}

	@Override
	public void changeConcurrency(String name, int concurrency) {
		find(name).changeConcurrency(concurrency);
	}

	private Throttle find(String name) {
		Throttle throttle = this.guards.find(name);
		if (throttle == null) {
			throw new IllegalArgumentException("No throttle is named '" + name + "'. There are: " + names());
		}
		return throttle;
	}

}
