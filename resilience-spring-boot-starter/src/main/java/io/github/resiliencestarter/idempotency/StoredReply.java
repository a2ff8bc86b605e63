package io.github.resiliencestarter.idempotency;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * A reply as it is kept.
 *
 * @param withheld whether there was a reply that was too large to keep
 * @param body the reply's bytes, or {@code null} if it is {@code null}, {@code void} or
 * withheld
 */
public record StoredReply(boolean withheld, byte @Nullable [] body) {

	/** The reply of a {@code void} method. */
	public static final StoredReply NOTHING = new StoredReply(false, null);

	/** A reply that was too large. */
	public static final StoredReply WITHHELD = new StoredReply(true, null);

	/**
	 * Keep a reply.
	 * @param body its bytes
	 * @return the reply
	 */
	public static StoredReply of(byte[] body) {
		return new StoredReply(false, body);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof StoredReply that && this.withheld == that.withheld
				&& Arrays.equals(this.body, that.body);
	}

	@Override
	public int hashCode() {
		return Arrays.hashCode(this.body);
	}

	@Override
	public String toString() {
		byte[] bytes = this.body;
		if (bytes != null) {
			return bytes.length + " bytes";
		}
		return this.withheld ? "withheld" : "nothing";
	}

}
