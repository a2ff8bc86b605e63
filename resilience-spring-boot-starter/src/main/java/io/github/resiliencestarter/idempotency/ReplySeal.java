package io.github.resiliencestarter.idempotency;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.InvalidGuardException;

/**
 * Encrypts replies with AES-GCM, bound to the call they belong to: bytes moved to another
 * row do not open. Without a key it passes everything through. Thread-safe.
 * <p>
 * Sealed bytes begin with a mark that no {@link ReplyDocument} begins with, so replies
 * from before the encryption was switched on can still be read.
 */
final class ReplySeal {

	static final ReplySeal NONE = new ReplySeal(null, List.of());

	private static final byte SEALED = (byte) 0xE1;

	private static final int NONCE_BYTES = 12;

	private static final int TAG_BITS = 128;

	private final @Nullable SecretKeySpec key;

	private final List<SecretKeySpec> all;

	private final SecureRandom random = new SecureRandom();

	private ReplySeal(@Nullable SecretKeySpec key, List<SecretKeySpec> previous) {
		this.key = key;
		this.all = new ArrayList<>(previous);
		if (key != null) {
			this.all.add(0, key);
		}
	}

	static ReplySeal of(String key, List<String> previousKeys) {
		List<SecretKeySpec> previous = previousKeys.stream().map((text) -> parse("previous-keys", text)).toList();
		return new ReplySeal(key.isBlank() ? null : parse("key", key), previous);
	}

	private static SecretKeySpec parse(String property, String base64) {
		try {
			byte[] bytes = Base64.getDecoder().decode(base64.trim());
			if (bytes.length == 16 || bytes.length == 24 || bytes.length == 32) {
				return new SecretKeySpec(bytes, "AES");
			}
		}
		catch (IllegalArgumentException ex) {
			// said below, without the secret
		}
		throw new InvalidGuardException(
				"resilience.idempotency.encryption." + property + " is not base64 of 16, 24 or 32 bytes.",
				"Make one with: openssl rand -base64 32");
	}

	byte[] close(IdempotencyId id, byte[] plain) {
		if (this.key == null) {
			return plain;
		}
		byte[] nonce = new byte[NONCE_BYTES];
		this.random.nextBytes(nonce);
		byte[] secret = crypt(Cipher.ENCRYPT_MODE, this.key, id, nonce, plain);
		return ByteBuffer.allocate(1 + nonce.length + secret.length).put(SEALED).put(nonce).put(secret).array();
	}

	byte[] open(IdempotencyId id, byte[] stored) {
		if (stored[0] != SEALED) {
			return stored;
		}
		byte[] nonce = Arrays.copyOfRange(stored, 1, 1 + NONCE_BYTES);
		byte[] secret = Arrays.copyOfRange(stored, 1 + NONCE_BYTES, stored.length);
		IllegalStateException failure = new IllegalStateException("No configured key opens the stored reply");
		for (SecretKeySpec candidate : this.all) {
			try {
				return crypt(Cipher.DECRYPT_MODE, candidate, id, nonce, secret);
			}
			catch (IllegalStateException ex) {
				failure.addSuppressed(ex);
			}
		}
		throw failure;
	}

	private static byte[] crypt(int mode, SecretKeySpec key, IdempotencyId id, byte[] nonce, byte[] input) {
		try {
			Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
			cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
			cipher.updateAAD(id.bytes());
			return cipher.doFinal(input);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
