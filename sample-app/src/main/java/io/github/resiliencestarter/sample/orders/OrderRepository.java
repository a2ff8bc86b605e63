package io.github.resiliencestarter.sample.orders;

import java.util.List;

import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.CrudRepository;

interface OrderRepository extends CrudRepository<Order, Long> {

	@Query("SELECT id, sku, quantity, email, status FROM orders ORDER BY id DESC LIMIT :limit")
	List<Order> newest(int limit);

	/**
	 * Move an order forward if it is where it is believed to be: of several that try, one
	 * succeeds.
	 */
	@Modifying
	@Query("UPDATE orders SET status = :to WHERE id = :id AND status = :from")
	boolean advance(long id, OrderStatus from, OrderStatus to);

	/**
	 * Confirm a paid order, and remember the e-mail that did it.
	 */
	@Modifying
	@Query("""
			UPDATE orders SET status = 'CONFIRMED', confirmation_id = :messageId, confirmed_at = :now
			WHERE id = :id AND status = 'PAID'""")
	boolean confirm(long id, String messageId, long now);

}
