package io.github.resiliencestarter.guard;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Tells how long an attempt of a method may take, so that guards around the attempt can
 * tell one that hangs from one that is merely slow. The timeout's feature offers a bean
 * of this type.
 */
@FunctionalInterface
public interface AttemptLimits {

	/**
	 * Return the limit of a method's attempts.
	 * @param method the method
	 * @return the limit, or {@code null} if the method's attempts have none of their own
	 * @throws InvalidGuardException if the limit is wrong
	 */
	@Nullable Duration attemptLimitOf(GuardedMethod method);

}
