package io.github.resiliencestarter.idempotency;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The bytes of a reply: one for the format, one for the kind, the length of the head, the
 * head, and the body. Replies outlive deployments, so the format has a number.
 *
 * @param kind what the body is
 * @param head what is known besides the body, as JSON; may be empty
 * @param body the body
 */
record ReplyDocument(Kind kind, byte[] head, byte[] body) {

	private static final byte FORMAT = 1;

	private static final byte[] NOTHING = {};

	static ReplyDocument of(Kind kind, byte[] body) {
		return new ReplyDocument(kind, NOTHING, body);
	}

	byte[] toBytes() {
		return ByteBuffer.allocate(2 + Integer.BYTES + this.head.length + this.body.length)
			.put(FORMAT)
			.put((byte) this.kind.ordinal())
			.putInt(this.head.length)
			.put(this.head)
			.put(this.body)
			.array();
	}

	static ReplyDocument of(byte[] bytes) {
		ByteBuffer buffer = ByteBuffer.wrap(bytes);
		byte format = buffer.get();
		if (format != FORMAT) {
			throw new IllegalArgumentException("Format " + format + " is not known");
		}
		Kind kind = Kind.values()[buffer.get()];
		byte[] head = new byte[buffer.getInt()];
		buffer.get(head);
		return new ReplyDocument(kind, head, Arrays.copyOfRange(bytes, buffer.position(), bytes.length));
	}

	@Override
	public String toString() {
		return this.kind + ", " + this.body.length + " bytes";
	}

	/**
	 * What the body is. The order is part of the format.
	 */
	enum Kind {

		/** There is none. */
		NULL,

		/** JSON. */
		JSON,

		/** The bytes that the method returned. */
		BYTES,

		/** An exception, described by the head. */
		FAILURE

	}

}
