package io.github.resiliencestarter.sample.payments;

import org.springframework.stereotype.Component;

import io.github.resiliencestarter.outbox.OutboxHandler;
import io.github.resiliencestarter.outbox.OutboxMessage;
import io.github.resiliencestarter.sample.orders.OrderPlaced;
import io.github.resiliencestarter.sample.orders.Orders;

/**
 * Has placed orders paid.
 */
@Component
public class PaymentHandler {

	private final PaymentProvider provider;

	private final Orders orders;

	PaymentHandler(PaymentProvider provider, Orders orders) {
		this.provider = provider;
		this.orders = orders;
	}

	@OutboxHandler("payment")
	public void charge(OrderPlaced order, OutboxMessage message) {
		if (this.provider.charge(message.id(), order)) {
			this.orders.paid(order.orderId());
		}
		else {
			this.orders.rejected(order.orderId());
		}
	}

}
