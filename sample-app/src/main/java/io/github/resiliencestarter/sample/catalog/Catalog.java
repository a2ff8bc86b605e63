package io.github.resiliencestarter.sample.catalog;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.springframework.stereotype.Component;

/**
 * What the shop sells, and at which list price.
 */
@Component
public class Catalog {

	private final Map<String, BigDecimal> listPrices = Map.of("book-42", new BigDecimal("42.00"), "mug-7",
			new BigDecimal("7.50"), "lamp-3", new BigDecimal("30.00"));

	/**
	 * Return everything that can be ordered.
	 * @return the skus, sorted
	 */
	public Set<String> skus() {
		return new TreeSet<>(this.listPrices.keySet());
	}

	/**
	 * Return the price of one piece.
	 * @param sku one of {@link #skus()}
	 * @return the list price
	 */
	public BigDecimal listPrice(String sku) {
		BigDecimal price = this.listPrices.get(sku);
		if (price == null) {
			throw new IllegalArgumentException("There is no product '" + sku + "'");
		}
		return price;
	}

}
