package io.github.resiliencestarter.idempotency;

/**
 * What came of one transaction.
 */
sealed interface Attempt {

	/**
	 * The call has ended.
	 *
	 * @param ending how
	 */
	record Ended(Ending ending) implements Attempt {
	}

	/**
	 * Somebody else has or had the key; the method did not run.
	 *
	 * @param claim what came of the claim
	 */
	record Lost(Claim claim) implements Attempt {
	}

	/**
	 * Rolled back, only because others were at work too.
	 *
	 * @param failure what the database said
	 */
	record Contended(Throwable failure) implements Attempt {
	}

	/**
	 * Nobody knows whether the commit happened.
	 *
	 * @param failure what became of the commit
	 * @param ending how the call has ended if it did
	 * @param connectionLost whether only the connection failed, so that the call may run
	 * again if the commit did not happen
	 */
	record InDoubt(Throwable failure, Ending.Ran ending, boolean connectionLost) implements Attempt {
	}

}
