package io.github.resiliencestarter.outbox;

import org.jspecify.annotations.Nullable;

/**
 * Why the messages of an ordering key wait.
 *
 * @param key the key
 * @param state what the store knows
 * @param handler the handler of the message that all others wait for, or {@code null} if
 * this instance has none
 * @param reason what that message waits for
 * @param explanation the reason as a sentence
 */
public record KeyReport(String key, KeyState state, @Nullable String handler, Reason reason, String explanation) {

	/**
	 * What the first message of a key waits for.
	 */
	public enum Reason {

		/** No message of the key is in the outbox. */
		NOTHING_WAITING,

		/** No instance owns the shard, or only one that died. */
		NO_OWNER,

		/** This instance knows no handler for it. */
		NO_HANDLER,

		/** Its handler is paused on this instance, which owns the shard. */
		HANDLER_PAUSED,

		/** An instance has fetched it, and is delivering it or about to. */
		IN_FLIGHT,

		/** It failed and waits for its next attempt. */
		BACKING_OFF,

		/** It is to be delivered later by its publisher's wish. */
		DELAYED,

		/** Nothing: its shard's owner is about to fetch it. */
		DUE

	}

}
