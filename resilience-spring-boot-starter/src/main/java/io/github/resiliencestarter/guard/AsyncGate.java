package io.github.resiliencestarter.guard;

import org.aopalliance.intercept.MethodInvocation;

/**
 * What a guard does for methods whose result comes later: it lets a call in, and is told
 * how it ended. {@link AsyncGuards} does the rest.
 */
@FunctionalInterface
public interface AsyncGate {

	/**
	 * Let a call in, or refuse it.
	 * @param call the call
	 * @return who is told how the call ended
	 * @throws Throwable if the call is refused: becomes the failure of the result
	 */
	Admission admit(MethodInvocation call) throws Throwable;

}
