package io.github.resiliencestarter.idempotency;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * What tells whether two calls with one key are the same call: a digest of 32 bytes.
 * Immutable.
 */
public final class CallFingerprint {

	private final byte[] digest;

	/**
	 * Wrap a digest.
	 * @param digest 32 bytes, not to be changed afterwards
	 */
	public CallFingerprint(byte[] digest) {
		this.digest = digest;
	}

	/**
	 * Return the digest.
	 * @return 32 bytes, not to be changed
	 */
	public byte[] bytes() {
		return this.digest;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof CallFingerprint that && MessageDigest.isEqual(this.digest, that.digest);
	}

	@Override
	public int hashCode() {
		return Arrays.hashCode(this.digest);
	}

	@Override
	public String toString() {
		return HexFormat.of().formatHex(this.digest);
	}

}
