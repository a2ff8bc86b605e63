package io.github.resiliencestarter.guard;

import org.jspecify.annotations.Nullable;

/**
 * Tells what a method depends on, so that guards of one dependency can share what belongs
 * to the dependency, such as a retry budget. The circuit breaker's feature offers a bean
 * of this type: the name of a method's breaker is the name of its dependency.
 */
@FunctionalInterface
public interface DependencyNames {

	/**
	 * Return the name of what a method depends on.
	 * @param method the method
	 * @return the name, or {@code null} if the method says nothing about it
	 */
	@Nullable String dependencyOf(GuardedMethod method);

}
