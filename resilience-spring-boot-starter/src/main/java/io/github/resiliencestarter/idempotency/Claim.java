package io.github.resiliencestarter.idempotency;

/**
 * What came of an attempt to be the first call with a key.
 */
public sealed interface Claim {

	/**
	 * The key is ours.
	 *
	 * @param token the fencing token, greater than that of every earlier owner
	 */
	record Granted(long token) implements Claim {
	}

	/**
	 * Somebody else has, or had, the key.
	 *
	 * @param call what is known of that call
	 */
	record Known(StoredCall call) implements Claim {
	}

	/**
	 * Somebody else's transaction holds the key and has not ended: it may yet do either.
	 */
	record Undecided() implements Claim {
	}

	/**
	 * Somebody else has committed the key, but this transaction's snapshot is older: only
	 * another transaction can read it.
	 */
	record Hidden() implements Claim {
	}

}
