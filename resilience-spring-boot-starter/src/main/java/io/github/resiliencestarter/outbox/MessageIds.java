package io.github.resiliencestarter.outbox;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.UUID;

/**
 * The ids by which messages are known outside: random UUIDs as good as
 * {@link UUID#randomUUID()}, but drawn many at a time, because the source is behind a
 * lock for which all publishers would queue up. Thread-safe.
 */
final class MessageIds {

	private static final int LENGTH = 2 * Long.BYTES;

	private static final long VERSION = 0xF000L;

	private static final long VARIANT = 0xC000_0000_0000_0000L;

	private final SecureRandom random = new SecureRandom();

	private final byte[] drawn = new byte[64 * LENGTH];

	private final ByteBuffer left = ByteBuffer.wrap(this.drawn).position(this.drawn.length);

	/**
	 * Return an id that was never there, a random UUID of RFC 9562.
	 */
	String next() {
		long high;
		long low;
		synchronized (this) {
			if (!this.left.hasRemaining()) {
				this.random.nextBytes(this.drawn);
				this.left.rewind();
			}
			high = this.left.getLong();
			low = this.left.getLong();
		}
		return new UUID((high & ~VERSION) | 0x4000, (low & ~VARIANT) | Long.MIN_VALUE).toString();
	}

}
