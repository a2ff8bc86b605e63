package io.github.resiliencestarter.retry;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.github.resiliencestarter.guard.DependencyNames;
import io.github.resiliencestarter.guard.GuardedMethod;

import org.springframework.util.function.SingletonSupplier;

/**
 * Knows all retried methods, and gives those that call one dependency one budget.
 */
public final class RetryRegistry implements Retries {

	private final double ratio;

	private final double perSecond;

	private final SingletonSupplier<RetrySurroundings> surroundings;

	private final Supplier<List<DependencyNames>> dependencies;

	private final Map<String, RetriedMethod> methods = new ConcurrentHashMap<>();

	private final Map<String, RetryBudget> budgets = new ConcurrentHashMap<>();

	private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

	RetryRegistry(double ratio, double perSecond, Supplier<RetrySurroundings> surroundings,
			Supplier<List<DependencyNames>> dependencies) {
		this.ratio = ratio;
		this.perSecond = perSecond;
		this.surroundings = SingletonSupplier.of(surroundings);
		this.dependencies = dependencies;
	}

	/**
	 * Add a method, or find it if it has been added before.
	 * @param method the method
	 * @param rules what its annotation says
	 * @return the retried method
	 */
	public RetriedMethod add(GuardedMethod method, RetryRules rules) {
		// beans are looked up outside of the lock
		RetrySurroundings surroundings = this.surroundings.obtain();
		RetryBudget budget = this.budgets.computeIfAbsent(budgetOf(method),
				(absent) -> new RetryBudget(this.ratio, this.perSecond, surroundings.clock()));
		RetriedMethod retried;
		synchronized (this.methods) {
			String name = nameOf(method);
			retried = this.methods.computeIfAbsent(name,
					(absent) -> new RetriedMethod(name, method.toString(), rules, budget, surroundings));
		}
		String name = retried.name();
		this.listeners.forEach((listener) -> listener.accept(name));
		return retried;
	}

	/**
	 * The method's usual name, or its full one where a class of equal simple name has
	 * taken that: no attribute could give it another.
	 */
	private String nameOf(GuardedMethod method) {
		RetriedMethod namesake = this.methods.get(method.name());
		return (namesake == null || namesake.signature().equals(method.toString())) ? method.name() : method.toString();
	}

	private String budgetOf(GuardedMethod method) {
		return this.dependencies.get()
			.stream()
			.map((names) -> names.dependencyOf(method))
			.filter((name) -> name != null)
			.findFirst()
			.orElseGet(method::name);
	}

	@Override
	public void forEachName(Consumer<String> action) {
		this.listeners.add(action);
		names().forEach(action);
	}

	@Override
	public Set<String> names() {
		return new TreeSet<>(this.methods.keySet());
	}

	@Override
	public RetrySnapshot snapshot(String name) {
		RetriedMethod method = this.methods.get(name);
		if (method == null) {
			throw new IllegalArgumentException("There is no retried method '" + name + "'. Known are " + names());
		}
		return method.counts().snapshot(name);
	}

}
