package io.github.resiliencestarter.idempotency;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

import org.jspecify.annotations.Nullable;

/**
 * Digests of several parts, each with its length in front: no two lists of parts have the
 * same digest because one's end is the other's beginning.
 */
final class Sha256 {

	private static final int ABSENT = -1;

	private Sha256() {
	}

	static byte[] of(@Nullable String... parts) {
		MessageDigest digest = digest();
		for (String part : parts) {
			update(digest, (part != null) ? part.getBytes(StandardCharsets.UTF_8) : null);
		}
		return digest.digest();
	}

	static byte[] of(byte @Nullable [] part) {
		MessageDigest digest = digest();
		update(digest, part);
		return digest.digest();
	}

	private static void update(MessageDigest digest, byte @Nullable [] part) {
		digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, (part != null) ? part.length : ABSENT));
		if (part != null) {
			digest.update(part);
		}
	}

	private static MessageDigest digest() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java has SHA-256", ex);
		}
	}

}
