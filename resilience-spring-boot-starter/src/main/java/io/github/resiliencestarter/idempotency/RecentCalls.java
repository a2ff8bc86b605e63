package io.github.resiliencestarter.idempotency;

import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * The keys that this process has seen lately. Only a hint which question to ask the
 * database first: for a known key one read outside any transaction is enough, for a new
 * one the claim is. The answer is the database's either way, so a key may be forgotten
 * because another one has its place. Thread-safe.
 */
final class RecentCalls {

	// a power of two
	private static final int PLACES = 16_384;

	private final AtomicReferenceArray<@Nullable IdempotencyId> ids = new AtomicReferenceArray<>(PLACES);

	boolean mayKnow(IdempotencyId id) {
		return id.equals(this.ids.getAcquire(place(id)));
	}

	void add(IdempotencyId id) {
		this.ids.setRelease(place(id), id);
	}

	private static int place(IdempotencyId id) {
		return id.hashCode() & (PLACES - 1);
	}

}
