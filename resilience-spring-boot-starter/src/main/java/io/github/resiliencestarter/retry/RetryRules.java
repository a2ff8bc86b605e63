package io.github.resiliencestarter.retry;

import java.time.Duration;
import java.util.Set;

import io.github.resiliencestarter.CallRejectedException;
import io.github.resiliencestarter.guard.Failures;
import io.github.resiliencestarter.guard.NeverRetried;

/**
 * What a retry annotation says that is not left to its library.
 *
 * @param named the exception types that the annotation names as to be retried
 * @param firstDelay the wait before the first retry
 * @param maxAttempts the greatest number of attempts, the first included
 */
public record RetryRules(Set<Class<? extends Throwable>> named, Duration firstDelay, long maxAttempts) {

	public RetryRules {
		named = Set.copyOf(named);
	}

	/**
	 * Tell whether the annotation names rejections: those are waited out.
	 * @return whether a type that it names is a rejection
	 */
	boolean nameRejections() {
		return this.named.stream().anyMatch(CallRejectedException.class::isAssignableFrom);
	}

	/**
	 * Tell whether the library may be asked to retry at all. Rejections by guards and
	 * interruptions say that another attempt is pointless, so only the annotation that
	 * names their very class has them retried, not one that names a superclass. An
	 * {@link Error} is retried if a named type covers it, never by default.
	 * @param failure the failure
	 * @return whether it may be retried
	 */
	boolean permit(Throwable failure) {
		Throwable cause = Failures.unwrap(failure);
		if (cause instanceof NeverRetried) {
			return false;
		}
		if (cause instanceof CallRejectedException || cause instanceof InterruptedException) {
			return this.named.contains(cause.getClass());
		}
		return !(cause instanceof Error) || this.named.stream().anyMatch((type) -> type.isInstance(cause));
	}

}
