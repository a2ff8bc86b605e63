package io.github.resiliencestarter.throttle;

import java.time.Duration;
import java.util.Objects;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.MonotonicClock;

/**
 * The permits of a throttle with keys, bounded in number.
 * <p>
 * <em>Invariant:</em> no key gets more than rate × time + burst, whichever keys are
 * dropped meanwhile. A key that has not been used for as long as its limit takes to fill
 * up is full, and a fresh state is the same: such keys go first, by expiry. When more
 * keys than the maximum are in use within that time, the ones used least are dropped
 * although they owe something; each is retired, so that no permit is taken from it behind
 * our back, and what it owes goes to the {@link EvictedDebts}, where its successor finds
 * it.
 */
final class KeyedPermits implements Permits {

	private static final Duration SHORTEST_EXPIRY = Duration.ofSeconds(1);

	private final Cache<Object, PermitCell> cells;

	private final EvictedDebts evicted;

	KeyedPermits(RateLimit limit, long maxKeys, MonotonicClock clock) {
		this.evicted = new EvictedDebts(maxKeys);
		Duration fillsUp = Duration.ofNanos(limit.capacity());
		this.cells = Caffeine.newBuilder()
			.maximumSize(maxKeys)
			.expireAfterAccess((fillsUp.compareTo(SHORTEST_EXPIRY) > 0) ? fillsUp : SHORTEST_EXPIRY)
			.ticker(clock::nanoTime)
			.executor(Runnable::run)
			.evictionListener(this::retire)
			.build();
	}

	@Override
	public long take(@Nullable Object key, RateLimit limit, long now, long longestWait) {
		while (true) {
			long wait = cell(key, limit).under(limit, now).take(now, longestWait);
			if (wait != Gcra.FROZEN) {
				return wait;
			}
		}
	}

	@Override
	public void giveBack(@Nullable Object key, RateLimit limit, long takenAt, long wait, long now) {
		cell(key, limit).under(limit, now).giveBack(takenAt, wait, now);
	}

	@Override
	public ThrottledException.Quota quota(@Nullable Object key, RateLimit limit, long now) {
		return limit.quota(cell(key, limit).under(limit, now).debt(now));
	}

	@Override
	public Long keys() {
		this.cells.cleanUp();
		return this.cells.estimatedSize();
	}

	private void retire(@Nullable Object key, @Nullable PermitCell cell, RemovalCause cause) {
		if (key != null && cell != null) {
			this.evicted.add(key, cell.retire());
		}
	}

	private PermitCell cell(@Nullable Object key, RateLimit limit) {
		Object present = Objects.requireNonNull(key);
		PermitCell cell = this.cells.getIfPresent(present);
		return (cell != null) ? cell
				: this.cells.get(present, (absent) -> new PermitCell(limit, this.evicted.of(absent)));
	}

}
