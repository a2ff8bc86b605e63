package io.github.resiliencestarter.idempotency;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/**
 * The keys that this process has seen lately. Only a hint which question to ask the
 * database first: for a known key one read outside any transaction is enough, for a new
 * one the claim is. The answer is the database's either way.
 */
final class RecentCalls {

	private static final int MOST = 10_000;

	private final Cache<IdempotencyId, Boolean> ids = Caffeine.newBuilder().maximumSize(MOST).build();

	boolean mayKnow(IdempotencyId id) {
		return this.ids.getIfPresent(id) != null;
	}

	void add(IdempotencyId id) {
		this.ids.put(id, Boolean.TRUE);
	}

}
