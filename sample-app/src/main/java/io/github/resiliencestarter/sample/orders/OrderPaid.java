package io.github.resiliencestarter.sample.orders;

import io.github.resiliencestarter.outbox.OutboxType;

/**
 * An order was paid and is to be confirmed.
 *
 * @param orderId the order's number
 */
@OutboxType("order-paid")
public record OrderPaid(long orderId) {

}
