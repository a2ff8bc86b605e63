package io.github.resiliencestarter.guard;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.apache.commons.logging.LogFactory;

/**
 * What becomes of a class that calls a guarded method of its own on {@code this}: the
 * call passes the proxy by, and runs unprotected.
 */
public enum SelfInvocationPolicy {

	/** The start-up stops. */
	FAIL,

	/** The start-up goes on with a warning. */
	WARN,

	/** Nobody looks. */
	OFF;

	void verify(Class<?> type, List<GuardedMethod> guarded) {
		if (this == OFF) {
			return;
		}
		Map<?, GuardedMethod> byMethod = guarded.stream()
			.collect(Collectors.toMap(GuardedMethod::method, Function.identity()));
		SelfInvocations.in(type, guarded.stream().map(GuardedMethod::method).toList()).forEach((method, callers) -> {
			GuardedMethod callee = byMethod.get(method);
			if (callee != null) {
				found(callee.invalid(
						"has a guard but is called on 'this' by " + String.join(", ", callers)
								+ " of the same class, which passes the guard by",
						"Call it through another bean, or an injected reference to this one; "
								+ "resilience.self-invocation=warn only warns."));
			}
		});
	}

	private void found(InvalidGuardException unguarded) {
		if (this == FAIL) {
			throw unguarded;
		}
		LogFactory.getLog(SelfInvocationPolicy.class).warn(unguarded.getMessage());
	}

}
