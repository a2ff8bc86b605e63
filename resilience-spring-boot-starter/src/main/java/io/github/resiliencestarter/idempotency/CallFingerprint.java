package io.github.resiliencestarter.idempotency;

/**
 * What tells whether two calls with one key are the same call: a digest of 32 bytes.
 * Immutable.
 */
public final class CallFingerprint extends Digest {

	/**
	 * Wrap a digest.
	 * @param digest 32 bytes, not to be changed afterwards
	 */
	public CallFingerprint(byte[] digest) {
		super(digest);
	}

}
