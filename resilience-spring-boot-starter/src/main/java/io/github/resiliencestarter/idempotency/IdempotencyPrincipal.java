package io.github.resiliencestarter.idempotency;

import org.jspecify.annotations.Nullable;

/**
 * Tells who is authenticated on the calling thread. A bean of this type takes the place
 * of Spring Security's, for instance to put the tenant in front of the name.
 */
@FunctionalInterface
public interface IdempotencyPrincipal {

	/**
	 * Return who is authenticated.
	 * @return a name that no other has, or {@code null} if nobody is
	 */
	@Nullable String name();

}
