package io.github.resiliencestarter.benchmarks.outbox;

import io.github.resiliencestarter.outbox.Outbox;
import io.github.resiliencestarter.outbox.OutboxHandler;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * This project with its defaults.
 */
class Starter extends OutboxLibrary {

	Starter() {
		super("io.github.resiliencestarter", Application.class, "resilience.jdbc.initialize-schema=always");
	}

	@Override
	void publish(OrderPlaced order) {
		bean(Outbox.class).publish(order);
	}

	@Override
	String pending() {
		return "SELECT (SELECT count(*) FROM resilience_outbox) + (SELECT count(*) FROM resilience_outbox_later)";
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Base.class, Receiver.class })
	static class Application {

	}

	static class Receiver {

		@OutboxHandler
		void on(OrderPlaced order) {
			Deliveries.handle(order);
		}

	}

}
