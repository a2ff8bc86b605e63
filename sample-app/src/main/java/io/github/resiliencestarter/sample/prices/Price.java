package io.github.resiliencestarter.sample.prices;

import java.math.BigDecimal;

/**
 * The price of one piece.
 *
 * @param sku the product
 * @param price its price
 * @param source whether the price service said so, or the list price stands in for it
 */
public record Price(String sku, BigDecimal price, String source) {

	static Price live(String sku, BigDecimal price) {
		return new Price(sku, price, "live");
	}

	static Price fallback(String sku, BigDecimal price) {
		return new Price(sku, price, "fallback");
	}

}
