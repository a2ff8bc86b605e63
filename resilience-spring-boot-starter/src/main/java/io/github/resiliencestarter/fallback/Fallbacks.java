package io.github.resiliencestarter.fallback;

import java.util.List;

import io.github.resiliencestarter.CallRejectedException;
import io.github.resiliencestarter.guard.Failures;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * The methods that may answer for one guarded method, and what they answer for.
 *
 * @param methods the methods, the more specific failure first
 * @param on what is answered for, subclasses included
 */
record Fallbacks(List<FallbackMethod> methods, List<Class<? extends Throwable>> on) {

	Fallbacks {
		methods = List.copyOf(methods);
		on = List.copyOf(on);
	}

	/**
	 * Answer for a failure.
	 * @param call the call
	 * @param failure how it has failed
	 * @return the fallback's result
	 * @throws Throwable the failure itself if it is not answered for, or the fallback's
	 * exception
	 */
	@Nullable Object answer(MethodInvocation call, Throwable failure) throws Throwable {
		Throwable cause = Failures.unwrap(failure);
		FallbackMethod method = covers(cause) ? find(cause) : null;
		if (method == null) {
			throw failure;
		}
		return method.answer(call.getThis(), call.getArguments(), cause);
	}

	/**
	 * Return the method that answers for every refusal without looking at it.
	 * @return the method, or {@code null} if refusals are told apart, or not answered for
	 */
	@Nullable FallbackMethod forRefusals() {
		FallbackMethod first = this.methods.get(0);
		boolean coversAll = this.on.stream().anyMatch((type) -> type.isAssignableFrom(CallRejectedException.class));
		return (coversAll && first.failure() == null) ? first : null;
	}

	/**
	 * Tell whether there is an answer to a failure.
	 * @param failure the failure
	 * @return whether a fallback would be called
	 */
	boolean answers(Throwable failure) {
		Throwable cause = Failures.unwrap(failure);
		return covers(cause) && find(cause) != null;
	}

	private boolean covers(Throwable cause) {
		for (Class<? extends Throwable> type : this.on) {
			if (type.isInstance(cause)) {
				return true;
			}
		}
		return false;
	}

	private @Nullable FallbackMethod find(Throwable cause) {
		for (FallbackMethod method : this.methods) {
			if (method.answers(cause)) {
				return method;
			}
		}
		return null;
	}

}
