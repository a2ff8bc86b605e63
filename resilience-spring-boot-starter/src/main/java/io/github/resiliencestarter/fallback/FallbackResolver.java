package io.github.resiliencestarter.fallback;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.resiliencestarter.guard.DeclaredGuard;
import io.github.resiliencestarter.guard.GuardedMethod;

import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * Finds the methods that fit as fallbacks of a guarded method: same name as the attribute
 * says, same parameters with type variables resolved, optionally a {@link Throwable}
 * last, assignable return type. Where none fits, says which signature would.
 */
final class FallbackResolver {

	private final GuardedMethod guarded;

	private final DeclaredGuard<Fallback> declared;

	private final String name;

	private final Class<?>[] parameters;

	private final ResolvableType returnType;

	FallbackResolver(GuardedMethod guarded, DeclaredGuard<Fallback> declared) {
		this.guarded = guarded;
		this.declared = declared;
		String name = declared.text("value");
		this.name = (name != null) ? name : "";
		this.parameters = parametersOf(guarded.method());
		this.returnType = returnOf(guarded.method());
	}

	Fallbacks resolve() {
		List<Method> named = named();
		if (named.isEmpty()) {
			throw misfit("and " + typeName() + " has no method of this name.");
		}
		List<FallbackMethod> methods = named.stream()
			.filter(this::hasFittingParameters)
			.map(this::withFittingReturn)
			.map(this::withDeclaredExceptions)
			.map((method) -> FallbackMethod.of(method, this.parameters.length))
			.collect(Collectors.toCollection(ArrayList::new));
		if (methods.isEmpty()) {
			throw misfit("and no method of this name has the parameters.");
		}
		return new Fallbacks(mostSpecificFirst(methods), List.of(this.declared.annotation().on()));
	}

	/**
	 * All methods of the name that a call could reach: of the class, its superclasses and
	 * interfaces, overridden ones and the guarded method itself left out.
	 */
	private List<Method> named() {
		Set<String> seen = new HashSet<>();
		List<Method> methods = new ArrayList<>();
		hierarchy().flatMap((type) -> Arrays.stream(type.getDeclaredMethods()))
			.filter((method) -> method.getName().equals(this.name) && !method.isBridge() && !method.isSynthetic())
			.filter((method) -> !Modifier.isAbstract(method.getModifiers()) || isImplementedByProxy())
			.filter((method) -> seen.add(Arrays.toString(parametersOf(method))))
			.filter((method) -> !isGuardedItself(method))
			.forEach(methods::add);
		return methods;
	}

	private Stream<Class<?>> hierarchy() {
		List<Class<?>> types = new ArrayList<>();
		for (Class<?> type = this.guarded.beanType(); type != null
				&& type != Object.class; type = type.getSuperclass()) {
			types.add(type);
		}
		types.addAll(ClassUtils.getAllInterfacesForClassAsSet(this.guarded.beanType()));
		return types.stream();
	}

	private boolean isImplementedByProxy() {
		return this.guarded.beanType().isInterface();
	}

	private boolean isGuardedItself(Method method) {
		return method.getName().equals(this.guarded.method().getName())
				&& Arrays.equals(parametersOf(method), this.parameters);
	}

	private boolean hasFittingParameters(Method method) {
		Class<?>[] candidate = parametersOf(method);
		int count = this.parameters.length;
		if (candidate.length != count && candidate.length != count + 1) {
			return false;
		}
		return Arrays.equals(Arrays.copyOf(candidate, count), this.parameters)
				&& (candidate.length == count || Throwable.class.isAssignableFrom(candidate[count]));
	}

	private Method withFittingReturn(Method method) {
		ResolvableType type = returnOf(method);
		Class<?> wanted = this.returnType.resolve(Object.class);
		Class<?> given = type.resolve(Object.class);
		boolean stage = wanted == CompletableFuture.class && given == CompletionStage.class;
		boolean fits = (wanted == void.class) ? given == void.class : stage || ClassUtils.isAssignable(wanted, given);
		if (fits && !stage && !this.returnType.hasUnresolvableGenerics() && !type.hasUnresolvableGenerics()
				&& this.returnType.hasGenerics()) {
			fits = this.returnType.isAssignableFrom(type);
		}
		if (!fits) {
			throw misfit("but " + signature(method) + " returns " + type + ".");
		}
		return method;
	}

	/**
	 * The proxy would hide any other checked exception in an
	 * {@link java.lang.reflect.UndeclaredThrowableException}. An asynchronous result may
	 * fail with what it likes.
	 */
	private Method withDeclaredExceptions(Method method) {
		if (this.guarded.resultKind().isAsynchronous()) {
			return method;
		}
		for (Class<?> type : method.getExceptionTypes()) {
			if (!mayBeThrown(type)) {
				throw misfit("but " + signature(method) + " declares " + type.getName()
						+ ", a checked exception that the guarded method does not declare.");
			}
		}
		return method;
	}

	private boolean mayBeThrown(Class<?> type) {
		return RuntimeException.class.isAssignableFrom(type) || Error.class.isAssignableFrom(type)
				|| Arrays.stream(this.guarded.method().getExceptionTypes())
					.anyMatch((declared) -> declared.isAssignableFrom(type));
	}

	private static List<FallbackMethod> mostSpecificFirst(List<FallbackMethod> methods) {
		List<FallbackMethod> sorted = new ArrayList<>();
		for (FallbackMethod method : methods) {
			int place = 0;
			while (place < sorted.size() && !method.isMoreSpecificThan(sorted.get(place))) {
				place++;
			}
			sorted.add(place, method);
		}
		return sorted;
	}

	private Class<?>[] parametersOf(Method method) {
		Class<?>[] types = new Class<?>[method.getParameterCount()];
		for (int index = 0; index < types.length; index++) {
			types[index] = ResolvableType.forMethodParameter(method, index, this.guarded.beanType())
				.resolve(method.getParameterTypes()[index]);
		}
		return types;
	}

	private ResolvableType returnOf(Method method) {
		return ResolvableType.forMethodReturnType(method, this.guarded.beanType());
	}

	private RuntimeException misfit(String problem) {
		return this.declared.invalid("value", this.name,
				"It names the fallback of a method that returns " + this.returnType + ", " + problem + " Declare "
						+ wanted() + " in " + typeName()
						+ ", of any visibility, optionally with a Throwable as an additional last parameter.");
	}

	private String wanted() {
		return "'" + this.returnType + " " + (this.name.isEmpty() ? "yourFallback" : this.name)
				+ Arrays.stream(this.parameters).map(Class::getTypeName).collect(Collectors.joining(", ", "(", ")"))
				+ "'";
	}

	private String signature(Method method) {
		return method.getName() + Arrays.stream(parametersOf(method))
			.map(Class::getSimpleName)
			.collect(Collectors.joining(", ", "(", ")"));
	}

	private String typeName() {
		return this.guarded.beanType().getName();
	}

}
