package io.github.resiliencestarter.timeout;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import io.github.resiliencestarter.guard.ConfiguredInstances;
import io.github.resiliencestarter.guard.DeclaredGuard;
import io.github.resiliencestarter.guard.GuardedMethod;
import io.github.resiliencestarter.guard.NamedGuards;

/**
 * Finds the limits of methods, and keeps what each has seen under its name. Thread-safe.
 */
final class TimeoutInstances implements Timeouts, ConfiguredInstances {

	private final TimeoutSettings defaults;

	private final Map<String, TimeoutSettings> configured;

	private final NamedGuards<TimeLimits, TimeoutInstance> guards = new NamedGuards<>("@Timeout");

	private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

	private final Watch watch;

	TimeoutInstances(TimeoutSettings defaults, Map<String, TimeoutSettings> configured, Watch watch) {
		this.watch = watch;
		this.defaults = defaults;
		this.configured = configured;
	}

	TimeLimits limits(GuardedMethod method) {
		DeclaredGuard<Timeout> declared = method.find(Timeout.class);
		TimeoutSettings attributes = (declared != null) ? TimeoutSettings.of(declared) : TimeoutSettings.EMPTY;
		TimeoutSettings instance = this.configured.getOrDefault(method.name(), TimeoutSettings.EMPTY);
		return TimeLimits.of(instance.orElse(attributes).orElse(this.defaults), method);
	}

	TimeoutInstance instance(GuardedMethod method, TimeLimits limits) {
		boolean added = this.guards.find(method.name()) == null;
		TimeoutInstance instance = this.guards.get(null, method, limits,
				(absent) -> new TimeoutInstance(method.name(), this.watch));
		if (added) {
			this.listeners.forEach((listener) -> listener.accept(method.name()));
		}
		return instance;
	}

	@Override
	public void forEachName(Consumer<String> action) {
		this.listeners.add(action);
		names().forEach(action);
	}

	@Override
	public Set<String> names() {
		return this.guards.names();
	}

	@Override
	public TimeoutSnapshot snapshot(String name) {
		TimeoutInstance instance = this.guards.find(name);
		if (instance == null) {
			throw new IllegalArgumentException("There is no time-out named '" + name + "', only " + names());
		}
		return instance.snapshot();
	}

	@Override
	public String prefix() {
		return "resilience.timeout.instances";
	}

	@Override
	public Set<String> configured() {
		return this.configured.keySet();
	}

	@Override
	public Set<String> known() {
		return names();
	}

}
