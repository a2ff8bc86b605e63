package io.github.resiliencestarter.outbox;

import java.time.Duration;

/**
 * How the relay works.
 */
record RelaySettings(Duration lease, Duration pollInterval, int batchSize, int shards, Duration shutdownTimeout) {

	long beatNanos() {
		return Math.min(this.pollInterval.toNanos(), this.lease.toNanos() / 3);
	}

}
