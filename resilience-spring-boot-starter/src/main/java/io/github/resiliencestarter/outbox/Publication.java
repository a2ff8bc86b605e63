package io.github.resiliencestarter.outbox;

import org.jspecify.annotations.Nullable;

/**
 * A message that waits for its transaction's commit.
 */
record Publication(String messageId, String type, @Nullable String key, @Nullable String headers, String payload,
		long delayMillis, @Nullable String aggregate) {

	/**
	 * As change data capture finds it.
	 */
	CapturedEvent captured(String aggregate) {
		return new CapturedEvent(this.messageId, aggregate, (this.key != null) ? this.key : this.messageId, this.type,
				this.payload, this.headers);
	}

	NewMessage at(int shard, long claim) {
		return new NewMessage(shard, this.messageId, this.type, this.key, this.headers, this.payload, this.delayMillis,
				claim);
	}

	StoredMessage stored(int shard, Appended appended) {
		return new StoredMessage(shard, appended.id(), false, this.messageId, this.type, this.key, this.headers,
				this.payload, appended.publishedAt(), this.delayMillis, 0, 0, false);
	}

}
