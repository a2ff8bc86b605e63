package io.github.resiliencestarter.retry;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;

/**
 * Recognises return types whose result comes after the method's return, so that a loop
 * around the method would never see a failure.
 */
public final class LaterResult {

	private static final boolean REACTIVE = ClassUtils.isPresent("org.reactivestreams.Publisher",
			LaterResult.class.getClassLoader());

	private LaterResult() {
	}

	/**
	 * Tell whether a method of this return type fails after its return.
	 * @param type the return type
	 * @return whether it does
	 */
	public static boolean is(Class<?> type) {
		return Future.class.isAssignableFrom(type) || CompletionStage.class.isAssignableFrom(type)
				|| (REACTIVE && ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null);
	}

}
