package io.github.resiliencestarter.guard;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * A method of a bean's class, with what its annotations say about guards.
 */
public final class GuardedMethod implements GuardDeclaration {

	private final Class<?> beanType;

	private final Method method;

	private final boolean overloaded;

	private final UnaryOperator<String> placeholders;

	private final DeclaredOn declaredOnMethod;

	private final DeclaredOn declaredOnType;

	/**
	 * Describe a method.
	 * @param beanType the bean's class or interface, not the class of a proxy
	 * @param method the most specific method
	 * @param overloaded whether the class guards several methods of this name
	 * @param placeholders resolves <code>${…}</code> in attributes
	 */
	public GuardedMethod(Class<?> beanType, Method method, boolean overloaded, UnaryOperator<String> placeholders) {
		this(beanType, method, overloaded, placeholders, new DeclaredOn(beanType));
	}

	GuardedMethod(Class<?> beanType, Method method, boolean overloaded, UnaryOperator<String> placeholders,
			DeclaredOn declaredOnType) {
		this.beanType = beanType;
		this.method = method;
		this.overloaded = overloaded;
		this.placeholders = placeholders;
		this.declaredOnMethod = new DeclaredOn(method);
		this.declaredOnType = declaredOnType;
	}

	public Class<?> beanType() {
		return this.beanType;
	}

	public Method method() {
		return this.method;
	}

	public ResultKind resultKind() {
		return ResultKind.of(this.method);
	}

	/**
	 * Return the name that the method's guards have unless they are given another.
	 * @return {@code SimpleClass.method}, for overloads
	 * {@code SimpleClass.method(String,int)}
	 */
	public String name() {
		String name = this.beanType.getSimpleName() + "." + this.method.getName();
		return this.overloaded ? name + parameters() : name;
	}

	private String parameters() {
		return Arrays.stream(this.method.getParameterTypes())
			.map(Class::getSimpleName)
			.collect(Collectors.joining(",", "(", ")"));
	}

	/**
	 * Find an annotation on the method, else, if the method is public, on its class;
	 * interfaces, superclasses and meta-annotations included.
	 * @param <A> the annotation's type
	 * @param type the annotation's type
	 * @return the annotation, or {@code null}
	 */
	public <A extends Annotation> @Nullable DeclaredGuard<A> find(Class<A> type) {
		A annotation = this.declaredOnMethod.find(type);
		if (annotation == null && inheritsFromType()) {
			annotation = this.declaredOnType.find(type);
		}
		return (annotation != null) ? new DeclaredGuard<>(this, annotation, type, this.placeholders) : null;
	}

	/**
	 * Tell whether {@link #find} finds the annotation.
	 * @param type the annotation's type
	 * @return whether it does
	 */
	public boolean has(Class<? extends Annotation> type) {
		return this.declaredOnMethod.has(type) || (inheritsFromType() && this.declaredOnType.has(type));
	}

	boolean isAnnotated() {
		return !this.declaredOnMethod.isEmpty() || (inheritsFromType() && !this.declaredOnType.isEmpty());
	}

	/**
	 * Return the method as if its class declared nothing.
	 * @return the method with its own annotations only
	 */
	GuardedMethod withoutType() {
		return new GuardedMethod(this.beanType, this.method, this.overloaded, this.placeholders, DeclaredOn.NOTHING);
	}

	private boolean inheritsFromType() {
		int modifiers = this.method.getModifiers();
		return Modifier.isPublic(modifiers) && !Modifier.isStatic(modifiers);
	}

	@Override
	public InvalidGuardException invalid(String problem, String remedy) {
		return new InvalidGuardException("Method " + this + " " + problem + ".", remedy);
	}

	@Override
	public String toString() {
		return this.beanType.getName() + "." + this.method.getName() + parameters();
	}

}
