package io.github.resiliencestarter.guard;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * The guards of one kind by name: one state for each name, whoever asks. Thread-safe.
 *
 * @param <S> the settings, with {@code equals}
 * @param <G> the guard's state
 */
public final class NamedGuards<S, G> {

	private final String annotation;

	private final Map<String, Entry<S, G>> byName = new ConcurrentHashMap<>();

	/**
	 * Create an empty registry.
	 * @param annotation the annotation's simple name with its at sign, for messages
	 */
	public NamedGuards(String annotation) {
		this.annotation = annotation;
	}

	/**
	 * Return the state of a name, made at the first call.
	 * @param name the explicit name, or {@code null} for the method's own
	 * @param method who asks
	 * @param settings what is asked for
	 * @param create makes the state
	 * @return the state
	 * @throws InvalidGuardException if another method has the name with other settings,
	 * or by having a class of equal simple name
	 */
	public G get(@Nullable String name, GuardedMethod method, S settings, Function<S, G> create) {
		String key = (name != null) ? name : method.name();
		Entry<S, G> entry = this.byName.computeIfAbsent(key, (absent) -> new Entry<>(settings, create.apply(settings),
				(name == null) ? method : null, method.toString()));
		if (name == null && entry.unnamed() != null && entry.unnamed().beanType() != method.beanType()) {
			throw method.invalid("and " + entry.declaredBy() + " both have " + this.annotation + " named '" + key + "'",
					"Give one of them a name of its own.");
		}
		if (!entry.settings().equals(settings)) {
			throw method.invalid("and " + entry.declaredBy() + " have " + this.annotation + " of one name, '" + key
					+ "', with different attributes", "Use equal attributes, or two names.");
		}
		return entry.guard();
	}

	/**
	 * Make the state of a name that no method declares.
	 * @param name the name
	 * @param settings the settings
	 * @param create makes the state
	 */
	public void declare(String name, S settings, Function<S, G> create) {
		this.byName.computeIfAbsent(name,
				(absent) -> new Entry<>(settings, create.apply(settings), null, "the properties"));
	}

	/**
	 * Find the state of a name.
	 * @param name the name
	 * @return the state, or {@code null}
	 */
	public @Nullable G find(String name) {
		Entry<S, G> entry = this.byName.get(name);
		return (entry != null) ? entry.guard() : null;
	}

	/**
	 * Return all names.
	 * @return the names, sorted
	 */
	public Set<String> names() {
		return new TreeSet<>(this.byName.keySet());
	}

	/**
	 * Return all states.
	 * @return the states by name, sorted
	 */
	public Map<String, G> all() {
		Map<String, G> all = new TreeMap<>();
		this.byName.forEach((name, entry) -> all.put(name, entry.guard()));
		return all;
	}

	private record Entry<S, G>(S settings, G guard, @Nullable GuardedMethod unnamed, String declaredBy) {

	}

}
