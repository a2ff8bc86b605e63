package io.github.resiliencestarter.idempotency;

import org.jspecify.annotations.Nullable;

/**
 * What identifies a call: a digest of fixed length of operation, principal and key. The
 * database compares bytes, so no collation can make two keys one, and no key can be too
 * long for its column. Immutable.
 */
public final class IdempotencyId extends Digest {

	private IdempotencyId(byte[] digest) {
		super(digest);
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

}
