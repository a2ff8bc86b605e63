package io.github.resiliencestarter.timeout;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.CallGuard;
import io.github.resiliencestarter.guard.ConfiguredInstances;
import io.github.resiliencestarter.guard.DeclaredGuard;
import io.github.resiliencestarter.guard.EntryCheck;
import io.github.resiliencestarter.guard.GuardDeclaration;
import io.github.resiliencestarter.guard.GuardedMethod;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.NamedGuards;

/**
 * Finds the limits of names, and keeps what each has seen. Thread-safe.
 */
final class TimeoutInstances implements Timeouts, ConfiguredInstances {

	private final NamedGuards<TimeLimits, ProgrammaticTimeout> timeouts = new NamedGuards<>("@Timeout");

	private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

	private final TimeoutProperties properties;

	private final Watch watch;

	private final MonotonicClock clock;

	private final Supplier<OffloadThreads> threads;

	private final EntryCheck entry;

	TimeoutInstances(TimeoutProperties properties, Watch watch, MonotonicClock clock, Supplier<OffloadThreads> threads,
			EntryCheck entry) {
		this.properties = properties;
		this.watch = watch;
		this.clock = clock;
		this.threads = threads;
		this.entry = entry;
		properties.names().forEach(this::declare);
	}

	private void declare(String name) {
		GuardDeclaration declaration = GuardDeclaration.inProperties(name, TimeoutProperties.NAMES);
		TimeLimits limits = TimeLimits.of(this.properties.settings(name, TimeoutSettings.EMPTY), declaration);
		if (limits.isNone()) {
			throw declaration.invalid("has a time-out without a limit",
					"Set " + TimeoutProperties.INSTANCES + "[" + name + "].value, such as 2s.");
		}
		this.timeouts.declare(name, limits, (agreed) -> create(name, agreed));
	}

	TimeLimits limits(GuardedMethod method) {
		DeclaredGuard<Timeout> declared = method.find(Timeout.class);
		TimeoutSettings attributes = (declared != null) ? TimeoutSettings.of(declared) : TimeoutSettings.EMPTY;
		return TimeLimits.of(this.properties.settings(method.name(), attributes), method);
	}

	/**
	 * Return what the guards of a method share.
	 * @param method the method
	 * @param limits its limits
	 * @return the parts
	 */
	TimeoutParts parts(GuardedMethod method, TimeLimits limits) {
		boolean added = this.timeouts.find(method.name()) == null;
		TimeoutParts parts = this.timeouts.get(null, method, limits, (agreed) -> create(method.name(), agreed)).parts();
		if (added) {
			this.listeners.forEach((listener) -> listener.accept(method.name()));
		}
		return parts;
	}

	private ProgrammaticTimeout create(String name, TimeLimits limits) {
		TimeoutParts parts = new TimeoutParts(new TimeoutInstance(name, this.watch), this.watch, this.clock);
		return new ProgrammaticTimeout(parts, limit(limits, parts), this.entry);
	}

	private @Nullable TimeLimit limit(TimeLimits limits, TimeoutParts parts) {
		Duration limit = limits.ofSingleAttempt();
		if (limit == null) {
			return null;
		}
		return (limits.mode() == Timeout.Mode.OFFLOAD)
				? new OffloadLimit(limit, true, parts, this.threads.get(), this.entry)
				: new CallersThreadLimit(limit, true, parts, this.entry);
	}

	@Override
	public void forEachName(Consumer<String> action) {
		this.listeners.add(action);
		names().forEach(action);
	}

	@Override
	public Set<String> names() {
		return this.timeouts.names();
	}

	@Override
	public TimeoutSnapshot snapshot(String name) {
		return find(name).parts().instance().snapshot();
	}

	@Override
	public CallGuard named(String name) {
		return find(name);
	}

	private ProgrammaticTimeout find(String name) {
		ProgrammaticTimeout timeout = this.timeouts.find(name);
		if (timeout == null) {
			throw new IllegalArgumentException("There is no time-out named '" + name + "', only " + names());
		}
		return timeout;
	}

	@Override
	public String prefix() {
		return TimeoutProperties.INSTANCES;
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
		return TimeoutSettings.class;
	}

}
