package io.github.resiliencestarter.idempotency;

/**
 * How documents become what the store keeps: within a size, and encrypted if there is a
 * key.
 */
final class ReplyStorage {

	private final long largest;

	private final ReplySeal seal;

	ReplyStorage(long largest, ReplySeal seal) {
		this.largest = largest;
		this.seal = seal;
	}

	StoredReply store(IdempotencyId id, ReplyDocument document) {
		byte[] bytes = document.toBytes();
		return (bytes.length <= this.largest) ? StoredReply.of(this.seal.close(id, bytes)) : StoredReply.WITHHELD;
	}

	ReplyDocument load(IdempotencyId id, byte[] stored) {
		return ReplyDocument.of(this.seal.open(id, stored));
	}

}
