package io.github.resiliencestarter.idempotency;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.ConfiguredInstances;
import io.github.resiliencestarter.guard.GuardedMethod;
import io.github.resiliencestarter.guard.InvalidGuardException;
import io.github.resiliencestarter.guard.NamedGuards;

/**
 * All operations by name. Thread-safe.
 */
final class IdempotentOperations implements ConfiguredInstances {

	private final IdempotencyProperties properties;

	private final NamedGuards<IdempotencyRules, IdempotentOperation> operations = new NamedGuards<>("@Idempotent");

	private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

	private final Map<String, ReplyCodec> codecs = new ConcurrentHashMap<>();

	IdempotentOperations(IdempotencyProperties properties) {
		this.properties = properties;
		properties.names().forEach(this::programmatic);
	}

	IdempotentOperation declare(@Nullable String name, GuardedMethod method, IdempotencySettings declared) {
		String operation = (name != null) ? name : method.name();
		IdempotencyRules rules = IdempotencyRules.of(this.properties.settings(operation, declared));
		String contradiction = rules.contradiction();
		if (contradiction != null) {
			throw method.invalid("is @Idempotent with " + contradiction,
					"Correct the attribute, or resilience.idempotency.instances[" + operation + "].");
		}
		IdempotentOperation result = this.operations.get(name, method, rules,
				(agreed) -> new IdempotentOperation(operation, agreed));
		announce(operation);
		return result;
	}

	/**
	 * Return the operation of code that runs without an annotation.
	 * @param name the operation's name
	 * @return the operation
	 */
	IdempotentOperation programmatic(String name) {
		IdempotentOperation known = this.operations.find(name);
		if (known != null) {
			return known;
		}
		IdempotencyRules rules = IdempotencyRules.of(this.properties.settings(name, IdempotencySettings.NONE));
		String contradiction = rules.contradiction();
		if (contradiction != null) {
			throw new InvalidGuardException(
					"resilience.idempotency gives the operation '" + name + "' " + contradiction + ".",
					"Correct resilience.idempotency.instances[" + name + "].");
		}
		this.operations.declare(name, rules, (agreed) -> new IdempotentOperation(name, agreed));
		announce(name);
		return Objects.requireNonNull(this.operations.find(name));
	}

	@Nullable IdempotentOperation find(String name) {
		return this.operations.find(name);
	}

	void forEachName(Consumer<String> action) {
		this.listeners.add(action);
		known().forEach(action);
	}

	private void announce(String name) {
		this.listeners.forEach((listener) -> listener.accept(name));
	}

	Map<String, IdempotentOperation> all() {
		return this.operations.all();
	}

	void reads(String operation, ReplyCodec codec) {
		this.codecs.put(operation, codec);
	}

	@Nullable ReplyCodec codec(String operation) {
		return this.codecs.get(operation);
	}

	@Override
	public String prefix() {
		return "resilience.idempotency.instances";
	}

	@Override
	public Set<String> configured() {
		return this.properties.instances().keySet();
	}

	@Override
	public Set<String> known() {
		return new TreeSet<>(this.operations.names());
	}

	@Override
	public Class<? extends Record> settings() {
		return IdempotencySettings.class;
	}

}
