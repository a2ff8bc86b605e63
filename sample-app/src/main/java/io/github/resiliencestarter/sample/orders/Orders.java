package io.github.resiliencestarter.sample.orders;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

import io.github.resiliencestarter.outbox.Outbox;
import io.github.resiliencestarter.sample.catalog.Catalog;

/**
 * The life of an order. Each step is one transaction that moves the order forward and
 * publishes the message that leads to the next step, so neither happens without the
 * other. A step that was done before does nothing: messages may come twice.
 */
@Service
@Transactional
public class Orders {

	private final OrderRepository repository;

	private final Outbox outbox;

	private final Catalog catalog;

	Orders(OrderRepository repository, Outbox outbox, Catalog catalog) {
		this.repository = repository;
		this.outbox = outbox;
		this.catalog = catalog;
	}

	public Order place(PlaceOrder request) {
		Order order = this.repository
			.save(new Order(null, request.sku(), request.quantity(), request.email(), OrderStatus.PLACED));
		BigDecimal amount = this.catalog.listPrice(order.sku()).multiply(BigDecimal.valueOf(order.quantity()));
		this.outbox.publish(new OrderPlaced(order.id(), amount));
		return order;
	}

	public void paid(long id) {
		if (this.repository.advance(id, OrderStatus.PLACED, OrderStatus.PAID)) {
			this.outbox.publish(new OrderPaid(id));
		}
	}

	public void rejected(long id) {
		this.repository.advance(id, OrderStatus.PLACED, OrderStatus.REJECTED);
	}

	/**
	 * Note that the mail server took the confirmation.
	 * @param id the order's number
	 * @param messageId the e-mail's {@code Message-ID}
	 */
	public void confirmed(long id, String messageId) {
		this.repository.confirm(id, messageId, Instant.now().toEpochMilli());
	}

	@Transactional(readOnly = true)
	public Optional<Order> find(long id) {
		return this.repository.findById(id);
	}

	@Transactional(readOnly = true)
	public List<Order> newest(int limit) {
		return this.repository.newest(limit);
	}

}
