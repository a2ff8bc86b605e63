package io.github.resiliencestarter.benchmarks.idempotency;

import io.github.resiliencestarter.benchmarks.idempotency.Orders.Reply;
import io.github.resiliencestarter.benchmarks.idempotency.Orders.Request;
import io.github.resiliencestarter.idempotency.Idempotent;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * This project with its defaults: key, order and reply in one transaction. Without the
 * outbox, whose relay would be counted too.
 */
class Starter extends IdempotencyLibrary {

	Starter() {
		super("io.github.resiliencestarter", Application.class, "resilience.jdbc.initialize-schema=always",
				"resilience.outbox.enabled=false");
	}

	@Override
	void place(String key, Request request) {
		bean(Shop.class).place(key, request);
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Base.class, Shop.class })
	static class Application {

	}

	static class Shop {

		private final Orders orders;

		Shop(Orders orders) {
			this.orders = orders;
		}

		@Idempotent(key = "#key")
		public Reply place(String key, Request request) {
			return this.orders.place(request);
		}

	}

}
