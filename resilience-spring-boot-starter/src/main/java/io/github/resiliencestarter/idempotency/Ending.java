package io.github.resiliencestarter.idempotency;

import org.jspecify.annotations.Nullable;

/**
 * How a call has ended that was not refused.
 */
sealed interface Ending {

	/**
	 * Return what duplicates get.
	 * @return the reply, or {@code null} if nothing was recorded
	 */
	@Nullable StoredReply reply();

	/**
	 * The method ran.
	 *
	 * @param reply what was recorded, or {@code null}
	 * @param value what the caller gets
	 * @param failure what the caller gets instead
	 */
	record Ran(@Nullable StoredReply reply, @Nullable Object value, @Nullable Throwable failure) implements Ending {
	}

	/**
	 * The method ran at an earlier call.
	 *
	 * @param reply that call's reply
	 */
	record Replayed(StoredReply reply) implements Ending {
	}

}
