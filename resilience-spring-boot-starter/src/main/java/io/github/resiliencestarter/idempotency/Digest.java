package io.github.resiliencestarter.idempotency;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * A digest of 32 bytes that equals only digests of the same thing. Immutable.
 */
abstract class Digest {

	private final byte[] bytes;

	Digest(byte[] bytes) {
		this.bytes = bytes;
	}

	/**
	 * Return the digest.
	 * @return 32 bytes, not to be changed
	 */
	public final byte[] bytes() {
		return this.bytes;
	}

	@Override
	public final boolean equals(@Nullable Object other) {
		return other instanceof Digest that && getClass() == that.getClass()
				&& MessageDigest.isEqual(this.bytes, that.bytes);
	}

	@Override
	public final int hashCode() {
		return Arrays.hashCode(this.bytes);
	}

	@Override
	public final String toString() {
		return HexFormat.of().formatHex(this.bytes);
	}

}
