package io.github.resiliencestarter.benchmarks.outbox;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Spring Modulith's event publication registry, completed publications deleted. It only
 * delivers what the same instance published, from an executor's queue in memory.
 */
class Modulith extends OutboxLibrary {

	Modulith() {
		super("org.springframework.modulith", Application.class, "spring.modulith.events.completion-mode=DELETE",
				"spring.modulith.events.jdbc.schema-initialization.enabled=true",
				"spring.task.execution.pool.core-size=8");
	}

	@Override
	void publish(OrderPlaced order) {
		events().publishEvent(order);
	}

	@Override
	String pending() {
		return "SELECT count(*) FROM event_publication WHERE completion_date IS NULL";
	}

	@Override
	boolean deliversOnlyWhatItPublished() {
		return true;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	@Import({ Base.class, Receiver.class })
	static class Application {

	}

	static class Receiver {

		@Async
		@TransactionalEventListener
		public void on(OrderPlaced order) {
			Deliveries.handle(order);
		}

	}

}
