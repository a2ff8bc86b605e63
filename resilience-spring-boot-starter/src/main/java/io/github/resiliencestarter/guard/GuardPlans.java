package io.github.resiliencestarter.guard;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import org.springframework.util.ClassUtils;

/**
 * The compiled chains of all guarded methods. A class is compiled once, when its first
 * bean is made, and its advisors are shared by all its beans, so that a million
 * prototypes need no more memory than one. Thread-safe.
 */
public final class GuardPlans {

	private final GuardPlanCompiler compiler;

	private final Map<Class<?>, List<GuardAdvisor>> byType = new ConcurrentHashMap<>();

	GuardPlans(GuardPlanCompiler compiler) {
		this.compiler = compiler;
	}

	/**
	 * Return all plans compiled so far.
	 * @return the plans, by the names of their methods
	 */
	public List<GuardPlan> all() {
		return this.byType.values()
			.stream()
			.flatMap(List::stream)
			.map(GuardAdvisor::plan)
			.sorted(Comparator.comparing((plan) -> plan.method().name()))
			.toList();
	}

	/**
	 * Compile a class that may have no bean yet.
	 * @param type the class
	 * @throws InvalidGuardException if a guard is declared wrongly
	 */
	void compile(Class<?> type) {
		advisors(type);
	}

	Stream<GuardAdvisor> advisors(Class<?> type) {
		if (ClassUtils.isPrimitiveOrWrapper(type) || type.isArray() || type.getName().startsWith("java.")) {
			return Stream.empty();
		}
		List<GuardAdvisor> advisors = this.byType.get(type);
		if (advisors == null) {
			// not computeIfAbsent: making a guard may create beans, which come here again
			List<GuardAdvisor> compiled = this.compiler.compile(type).stream().map(GuardAdvisor::new).toList();
			List<GuardAdvisor> earlier = this.byType.putIfAbsent(type, compiled);
			advisors = (earlier != null) ? earlier : compiled;
		}
		return advisors.stream();
	}

}
