package io.github.resiliencestarter.benchmarks.outbox;

import io.namastack.outbox.Outbox;
import io.namastack.outbox.annotation.OutboxHandler;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.scheduling.annotation.EnableScheduling;

/**
 * Namastack with the poll interval and the batch size of its own benchmark; its default
 * looks for ten keys every two seconds.
 */
class Namastack extends OutboxLibrary {

	Namastack() {
		super("io.namastack.outbox", Application.class, "namastack.outbox.polling.fixed.interval=25ms",
				"namastack.outbox.polling.batch-size=800", "namastack.outbox.instance.rebalance-interval=1s",
				"namastack.outbox.processing.executor-core-pool-size=8",
				"namastack.outbox.processing.delete-completed-records=true");
	}

	@Override
	void publish(OrderPlaced order) {
		bean(Outbox.class).schedule(order);
	}

	@Override
	String pending() {
		return "SELECT count(*) FROM outbox_record WHERE status <> 'COMPLETED'";
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Base.class, Receiver.class, Rebalancing.class })
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	@ConditionalOnProperty(name = DELIVERS, havingValue = "true")
	static class Rebalancing {

	}

	/**
	 * The handler, which Namastack calls by reflection.
	 */
	public static class Receiver {

		@OutboxHandler
		public void on(OrderPlaced order) {
			Deliveries.handle(order);
		}

	}

}
