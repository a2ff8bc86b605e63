package io.github.resiliencestarter.outbox;

import org.jspecify.annotations.Nullable;

/**
 * How a delivery ended.
 */
sealed interface Outcome {

	/** The handler returned. */
	record Delivered() implements Outcome {

		static final Delivered INSTANCE = new Delivered();

	}

	/** The message is delivered later. */
	record Later(long waitMillis, boolean sincePublication, int attempts, boolean ambiguous,
			@Nullable String error) implements Outcome {

	}

	/** The message is given up. */
	record Dead(int attempts, String error) implements Outcome {

	}

}
