package io.github.resiliencestarter.timeout;

import io.github.resiliencestarter.CallRejectedException;

/**
 * A method of mode {@code OFFLOAD} was not run, because too many of its earlier calls
 * still run although their callers were released, or because no thread was free.
 */
@SuppressWarnings("serial")
public class OffloadRejectedException extends CallRejectedException {

	/**
	 * Create the exception.
	 * @param guardName the name of the time-out
	 * @param reason why, as a clause
	 */
	public OffloadRejectedException(String guardName, String reason) {
		super(guardName + " was not called: " + reason, guardName, null);
	}

}
