package io.github.resiliencestarter.outbox.jdbc;

import java.time.Duration;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.outbox.OutboxStore;

/**
 * A store to which every exchange that settles something is a large one.
 */
public final class HalvingStore {

	private HalvingStore() {
	}

	/**
	 * Open the store.
	 * @param database where it is
	 * @return the store
	 */
	public static OutboxStore of(ResilienceDatabase database) {
		return new JdbcOutboxStore(database, MonotonicClock.system(), Duration.ofMinutes(1), false, false, 1);
	}

}
