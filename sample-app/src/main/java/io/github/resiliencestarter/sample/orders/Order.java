package io.github.resiliencestarter.sample.orders;

import org.jspecify.annotations.Nullable;

import org.springframework.data.annotation.Id;

/**
 * An order as it is stored, and as the API shows it.
 *
 * @param id the order's number, {@code null} before it is stored
 * @param sku what is ordered
 * @param quantity how many pieces
 * @param email where the confirmation goes
 * @param status how far the order has come
 */
public record Order(@Id @Nullable Long id, String sku, int quantity, String email, OrderStatus status) {

}
