package io.github.resiliencestarter.outbox.jdbc;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.outbox.Committed;

/**
 * What other instances announce.
 */
interface Announcements {

	/**
	 * Return the announcements of a database that has none.
	 * @param clock lets the listener wait
	 * @return announcements that never come
	 */
	static Announcements none(MonotonicClock clock) {
		return new Announcements() {

			@Override
			public List<Committed> listen(Duration longest) {
				try {
					clock.sleep(longest.toNanos());
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
				return List.of();
			}

			@Override
			public void close() {
				// nothing was opened
			}

		};
	}

	List<Committed> listen(Duration longest) throws SQLException;

	void close() throws SQLException;

}
