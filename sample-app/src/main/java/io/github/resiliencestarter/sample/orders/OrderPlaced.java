package io.github.resiliencestarter.sample.orders;

import java.math.BigDecimal;

import io.github.resiliencestarter.outbox.OutboxType;

/**
 * An order was placed and is to be paid.
 *
 * @param orderId the order's number
 * @param amount what it costs
 */
@OutboxType("order-placed")
public record OrderPlaced(long orderId, BigDecimal amount) {

}
