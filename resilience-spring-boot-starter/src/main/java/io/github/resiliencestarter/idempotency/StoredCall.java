package io.github.resiliencestarter.idempotency;

/**
 * A call as the store knows it. Whether something is past is told by the database's
 * clock, at the moment of reading.
 *
 * @param fingerprint the first call's fingerprint
 * @param phase how far the call is
 * @param owner the number of the call that holds or held the key
 * @param token the fencing token of that call
 * @param reply the reply, if {@link Phase#DONE}
 * @param replyExpired whether the reply must not be replayed any more
 */
public record StoredCall(CallFingerprint fingerprint, Phase phase, long owner, long token, StoredReply reply,
		boolean replyExpired) {

	/**
	 * How far a call is.
	 */
	public enum Phase {

		/** An owner with a lease that has not run out is at work. */
		RUNNING,

		/** The owner has not been heard of for the length of its lease. */
		ABANDONED,

		/** The call has ended, and what it answered is final. */
		DONE,

		/** The call failed and left nothing behind: the next one runs. */
		FREE

	}

}
