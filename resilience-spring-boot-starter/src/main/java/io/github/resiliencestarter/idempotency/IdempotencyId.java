package io.github.resiliencestarter.idempotency;

import java.util.Arrays;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * What identifies a call: a digest of fixed length of operation, principal and key. The
 * database compares bytes, so no collation can make two keys one, and no key can be too
 * long for its column. Immutable.
 */
public final class IdempotencyId {

	private final byte[] digest;

	private IdempotencyId(byte[] digest) {
		this.digest = digest;
	}

	/**
	 * Return the identity of a call.
	 * @param operation the operation's name
	 * @param principal who calls, or {@code null} if nobody is authenticated
	 * @param key the key
	 * @return the identity
	 */
	public static IdempotencyId of(String operation, @Nullable String principal, String key) {
		return new IdempotencyId(Sha256.of(operation, principal, key));
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
		return other instanceof IdempotencyId that && Arrays.equals(this.digest, that.digest);
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
