package io.github.resiliencestarter.outbox;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the outbox works.
 *
 * @param enabled whether there is an outbox
 * @param lease how long an instance that does not report keeps its shards
 * @param pollInterval how often to look for messages that nobody announced
 * @param batchSize most messages of a shard that are fetched at once
 * @param shards among how many shards messages are divided; fixed when the tables are
 * first used
 * @param shutdownTimeout how long deliveries under way may take when the application
 * stops
 * @param sessions whether each instance keeps a connection by which others notice at once
 * that it died
 * @param claim how instances share the messages: by owning shards, which is fast, or by
 * claiming single messages with SKIP LOCKED, which wants less of the database
 * @param types names of payload types, each with its class
 * @param defaults settings of handlers that set nothing themselves
 * @param handlers settings by handler name
 * @param health when the outbox is reported as not healthy
 */
@ConfigurationProperties("resilience.outbox")
public record OutboxProperties(@DefaultValue("true") boolean enabled, @DefaultValue("10s") Duration lease,
		@DefaultValue("1s") Duration pollInterval, @DefaultValue("200") int batchSize, @DefaultValue("64") int shards,
		@DefaultValue("20s") Duration shutdownTimeout, @DefaultValue("true") boolean sessions,
		@DefaultValue("shards") Claim claim, @DefaultValue Map<String, Class<?>> types,
		@Nullable @NestedConfigurationProperty HandlerSettings defaults,
		@DefaultValue Map<String, HandlerSettings> handlers, @DefaultValue Health health) {

	public OutboxProperties {
		positive("lease", lease);
		positive("poll-interval", pollInterval);
		atLeastOne("batch-size", batchSize);
		atLeastOne("shards", shards);
	}

	RelaySettings relay() {
		return new RelaySettings(this.lease, this.pollInterval, this.batchSize, this.shards, this.shutdownTimeout);
	}

	private static void positive(String name, Duration value) {
		if (value.toMillis() < 1) {
			throw new IllegalArgumentException("resilience.outbox." + name + " = " + value + " is not at least 1ms.");
		}
	}

	private static void atLeastOne(String name, int value) {
		if (value < 1) {
			throw new IllegalArgumentException("resilience.outbox." + name + " = " + value + " is not at least 1.");
		}
	}

	/**
	 * How instances share the messages.
	 */
	public enum Claim {

		/** Each instance owns shards under a lease. */
		SHARDS,

		/** Each instance claims single messages. */
		SKIP_LOCKED

	}

	/**
	 * When the outbox is reported as not healthy.
	 *
	 * @param maxAge age of the oldest due message above which it is out of service
	 */
	public record Health(@DefaultValue("5m") Duration maxAge) {

	}

}
