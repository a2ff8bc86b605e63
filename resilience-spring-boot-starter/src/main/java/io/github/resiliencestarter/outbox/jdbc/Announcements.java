package io.github.resiliencestarter.outbox.jdbc;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;

/**
 * What other instances announce.
 */
interface Announcements {

	Announcements NONE = new Announcements() {

		@Override
		public Set<Integer> listen(Duration longest) throws SQLException {
			try {
				Thread.sleep(longest.toMillis());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			return Set.of();
		}

		@Override
		public void close() {
			// nothing was opened
		}

	};

	Set<Integer> listen(Duration longest) throws SQLException;

	void close() throws SQLException;

}
