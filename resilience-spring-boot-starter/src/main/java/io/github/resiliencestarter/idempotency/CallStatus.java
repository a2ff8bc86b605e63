package io.github.resiliencestarter.idempotency;

import org.jspecify.annotations.Nullable;

/**
 * What has become of a call.
 */
public sealed interface CallStatus {

	/**
	 * No such call has left, or can still leave, anything behind.
	 */
	record Unknown() implements CallStatus {
	}

	/**
	 * The call has not ended.
	 */
	record Running() implements CallStatus {
	}

	/**
	 * The call has ended.
	 *
	 * @param outcome reads the reply
	 */
	record Done(Outcome outcome) implements CallStatus {
	}

	/**
	 * The reply of a call.
	 */
	@FunctionalInterface
	interface Outcome {

		/**
		 * Read the reply.
		 * @return what the method returned
		 * @throws Throwable what the method threw, or
		 * {@link IdempotencyReplyUnavailableException}
		 */
		@Nullable Object reply() throws Throwable;

	}

}
