package io.github.resiliencestarter.guard;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * Looks into the envelopes in which futures deliver failures.
 */
public final class Failures {

	private Failures() {
	}

	/**
	 * Take {@link CompletionException} and {@link ExecutionException} off a failure.
	 * @param failure the failure
	 * @return what is inside, or the failure itself
	 */
	public static Throwable unwrap(Throwable failure) {
		Throwable inner = failure;
		while ((inner instanceof CompletionException || inner instanceof ExecutionException)
				&& inner.getCause() != null) {
			inner = inner.getCause();
		}
		return inner;
	}

}
