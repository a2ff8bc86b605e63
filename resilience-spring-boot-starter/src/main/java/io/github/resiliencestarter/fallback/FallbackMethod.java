package io.github.resiliencestarter.fallback;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

import org.jspecify.annotations.Nullable;

/**
 * One method that may answer, ready to be called: made accessible once, when the bean is
 * made, and never touched again, so that concurrent calls cannot disturb each other.
 *
 * @param handle the method as {@code (Object target, Object[] arguments, Throwable)}
 * @param failure the type of its last parameter if it takes the failure, else
 * {@code null}
 */
record FallbackMethod(MethodHandle handle, @Nullable Class<?> failure) {

	static FallbackMethod of(Method method, int parameters) {
		boolean takesFailure = method.getParameterCount() > parameters;
		Class<?> failure = takesFailure ? method.getParameterTypes()[parameters] : null;
		return new FallbackMethod(handle(method, parameters, takesFailure), failure);
	}

	private static MethodHandle handle(Method method, int parameters, boolean takesFailure) {
		MethodHandle handle;
		try {
			method.setAccessible(true);
			handle = MethodHandles.lookup().unreflect(method).asFixedArity();
		}
		catch (IllegalAccessException ex) {
			throw new IllegalStateException("Made accessible, but not accessible: " + method, ex);
		}
		if (Modifier.isStatic(method.getModifiers())) {
			handle = MethodHandles.dropArguments(handle, 0, Object.class);
		}
		if (!takesFailure) {
			handle = MethodHandles.dropArguments(handle, 1 + parameters, Throwable.class);
		}
		MethodHandle spread = handle
			.asType(handle.type().generic().changeParameterType(1 + parameters, Throwable.class))
			.asSpreader(1, Object[].class, parameters);
		return spread.asType(MethodType.methodType(Object.class, Object.class, Object[].class, Throwable.class));
	}

	boolean answers(Throwable failure) {
		return this.failure == null || this.failure.isInstance(failure);
	}

	/**
	 * Tell whether this method is to be asked before another.
	 * @param other the other method
	 * @return whether it takes a more specific failure
	 */
	boolean isMoreSpecificThan(FallbackMethod other) {
		return this.failure != null && (other.failure == null
				|| (other.failure != this.failure && other.failure.isAssignableFrom(this.failure)));
	}

	@Nullable Object answer(@Nullable Object target, @Nullable Object[] arguments, @Nullable Throwable failure) throws Throwable {
		return (Object) this.handle.invokeExact(target, arguments, failure);
	}

}
