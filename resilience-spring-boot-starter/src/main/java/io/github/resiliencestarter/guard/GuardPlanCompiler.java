package io.github.resiliencestarter.guard;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import org.aopalliance.intercept.MethodInvocation;

import org.springframework.core.MethodIntrospector;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * Compiles the chains of a class's methods: asks every factory for its guard, innermost
 * first, and refuses methods that a proxy cannot guard.
 */
final class GuardPlanCompiler {

	private final SingletonSupplier<List<GuardFactory>> factories;

	private final BiPredicate<Method, Class<?>> transactional;

	private final UnaryOperator<String> placeholders;

	private final Supplier<SelfInvocationPolicy> selfInvocations;

	/**
	 * Create the compiler.
	 * @param factories the features' factories, asked for at the first class
	 * @param transactional tells whether the application has a method of a class run in a
	 * transaction
	 * @param placeholders resolves <code>${…}</code> in attributes
	 * @param selfInvocations what becomes of calls that pass the proxy by; asked for at
	 * the first class
	 */
	GuardPlanCompiler(Supplier<List<GuardFactory>> factories, BiPredicate<Method, Class<?>> transactional,
			UnaryOperator<String> placeholders, Supplier<SelfInvocationPolicy> selfInvocations) {
		this.factories = SingletonSupplier.of(() -> innermostFirst(factories.get()));
		this.transactional = transactional;
		this.placeholders = placeholders;
		this.selfInvocations = selfInvocations;
	}

	private static List<GuardFactory> innermostFirst(List<GuardFactory> factories) {
		return factories.stream().sorted(Comparator.comparing(GuardFactory::order).reversed()).toList();
	}

	List<GuardPlan> compile(Class<?> type) {
		List<GuardedMethod> methods = guardedMethods(type);
		List<GuardedMethod> own = methods.stream().filter((method) -> isGuarded(method.withoutType())).toList();
		if (!own.isEmpty()) {
			this.selfInvocations.get().verify(type, own);
		}
		return methods.stream().map(this::compile).toList();
	}

	private List<GuardedMethod> guardedMethods(Class<?> type) {
		DeclaredOn declaredOnType = new DeclaredOn(type);
		List<GuardedMethod> guarded = new ArrayList<>();
		for (Method method : MethodIntrospector.selectMethods(type, GuardPlanCompiler::isCandidate)) {
			GuardedMethod candidate = new GuardedMethod(type, method, false, this.placeholders, declaredOnType);
			if (isGuarded(candidate)) {
				verifyProxyable(candidate);
				guarded.add(candidate);
			}
		}
		return withOverloadsNamed(guarded, declaredOnType);
	}

	private static boolean isCandidate(Method method) {
		return !ReflectionUtils.isObjectMethod(method);
	}

	private boolean isGuarded(GuardedMethod method) {
		return method.isAnnotated() && factories().stream().anyMatch((factory) -> factory.guards(method));
	}

	private static void verifyProxyable(GuardedMethod method) {
		int modifiers = method.method().getModifiers();
		String obstacle = Modifier.isStatic(modifiers) ? "static"
				: Modifier.isPrivate(modifiers) ? "private" : Modifier.isFinal(modifiers) ? "final" : null;
		if (obstacle != null) {
			throw method.invalid("has a guard but is " + obstacle + ", so that no proxy can guard it",
					"Remove '" + obstacle + "', or move the annotation to a method that other beans call.");
		}
		if (Modifier.isFinal(method.beanType().getModifiers()) && method.beanType().getInterfaces().length == 0) {
			throw method.invalid("has a guard but its class is final, so that no proxy can guard it",
					"Remove 'final' from the class, or let it implement an interface.");
		}
	}

	private List<GuardedMethod> withOverloadsNamed(List<GuardedMethod> methods, DeclaredOn declaredOnType) {
		Map<String, Long> byName = methods.stream()
			.collect(Collectors.groupingBy((method) -> method.method().getName(), Collectors.counting()));
		return methods.stream()
			.map((method) -> (byName.getOrDefault(method.method().getName(), 0L) > 1)
					? new GuardedMethod(method.beanType(), method.method(), true, this.placeholders, declaredOnType)
					: method)
			.toList();
	}

	private GuardPlan compile(GuardedMethod method) {
		List<GuardOrder> chain = new ArrayList<>();
		Guard head = MethodInvocation::proceed;
		if (isTransactional(method)) {
			chain.add(GuardOrder.TRANSACTION);
		}
		for (GuardFactory factory : factories()) {
			if (factory.order().isOnEveryGuardedMethod() || factory.guards(method)) {
				Guard guard = factory.create(method, head);
				if (guard != head && factory.lists(method)) {
					chain.add(0, factory.order());
				}
				head = guard;
			}
		}
		return new GuardPlan(method, chain, head);
	}

	private boolean isTransactional(GuardedMethod method) {
		return this.transactional.test(method.method(), method.beanType())
				|| factories().stream().anyMatch((factory) -> factory.opensTransaction(method));
	}

	private List<GuardFactory> factories() {
		return this.factories.obtain();
	}

}
