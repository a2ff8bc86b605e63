package io.github.resiliencestarter.throttle;

import org.jspecify.annotations.Nullable;

/**
 * The permits of a throttle without keys.
 */
final class SinglePermits implements Permits {

	private final PermitCell cell;

	SinglePermits(RateLimit limit) {
		this.cell = new PermitCell(limit, 0);
	}

	@Override
	public long take(@Nullable Object key, RateLimit limit, long now, long longestWait) {
		while (true) {
			long wait = this.cell.under(limit, now).take(now, longestWait);
			if (wait != Gcra.FROZEN) {
				return wait;
			}
		}
	}

	@Override
	public void giveBack(@Nullable Object key, RateLimit limit, long takenAt, long wait, long now) {
		this.cell.under(limit, now).giveBack(takenAt, wait, now);
	}

	@Override
	public ThrottledException.Quota quota(@Nullable Object key, RateLimit limit, long now) {
		return limit.quota(this.cell.under(limit, now).debt(now));
	}

}
