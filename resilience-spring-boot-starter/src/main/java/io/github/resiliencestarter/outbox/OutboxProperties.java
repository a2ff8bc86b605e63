package io.github.resiliencestarter.outbox;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
 * @param order whether messages of one key that overlapping transactions publish are
 * delivered in the order of their ids, or strictly in the order of their commits
 * @param types names of payload types, each with its class
 * @param defaults settings of handlers that set nothing themselves
 * @param handlers settings by handler name
 * @param debezium what is left to change data capture
 * @param health when the outbox is reported as not healthy
 */
@ConfigurationProperties("resilience.outbox")
public record OutboxProperties(@DefaultValue("true") boolean enabled, @DefaultValue("10s") Duration lease,
		@DefaultValue("1s") Duration pollInterval, @DefaultValue("200") int batchSize, @DefaultValue("64") int shards,
		@DefaultValue("20s") Duration shutdownTimeout, @DefaultValue("true") boolean sessions,
		@DefaultValue("shards") Claim claim, @DefaultValue("by-id") Order order,
		@DefaultValue Map<String, Class<?>> types, @Nullable @NestedConfigurationProperty HandlerSettings defaults,
		@DefaultValue Map<String, HandlerSettings> handlers, @DefaultValue Debezium debezium,
		@DefaultValue Health health) {

	public OutboxProperties {
		positive("lease", lease);
		positive("poll-interval", pollInterval);
		atLeastOne("batch-size", batchSize);
		atLeastOne("shards", shards);
		if (order == Order.STRICT && claim == Claim.SKIP_LOCKED) {
			throw new IllegalArgumentException("resilience.outbox.order = strict cannot be kept with "
					+ "resilience.outbox.claim = skip-locked, which is for databases whose ids do not have to grow. "
					+ "Use claim = shards.");
		}
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
	 * In which order messages of one key are delivered.
	 */
	public enum Order {

		/**
		 * By their ids. Of two transactions that overlap, the one that commits later may
		 * have the smaller id, and comes later then.
		 */
		BY_ID,

		/**
		 * By their commits: transactions that publish to the same key commit one after
		 * the other.
		 */
		STRICT

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
	 * What is left to change data capture.
	 *
	 * @param aggregates names of aggregates, each with the payload classes that are
	 * written in the shape of Debezium's outbox event router and not delivered from here
	 */
	public record Debezium(@DefaultValue Map<String, List<Class<?>>> aggregates) {

		public Debezium {
			Set<Class<?>> types = new HashSet<>();
			aggregates.forEach((aggregate, classes) -> classes.forEach((type) -> {
				if (!types.add(type)) {
					throw new IllegalArgumentException("resilience.outbox.debezium.aggregates." + aggregate + " = "
							+ type.getName() + " is named twice: a payload class belongs to one aggregate.");
				}
			}));
		}

		@Nullable String aggregateOf(Class<?> payload) {
			return this.aggregates.entrySet()
				.stream()
				.filter((aggregate) -> aggregate.getValue().contains(payload))
				.map(Map.Entry::getKey)
				.findFirst()
				.orElse(null);
		}

	}

	/**
	 * When the outbox is reported as not healthy.
	 *
	 * @param maxAge age of the oldest due message above which it is out of service
	 */
	public record Health(@DefaultValue("5m") Duration maxAge) {

	}

}
