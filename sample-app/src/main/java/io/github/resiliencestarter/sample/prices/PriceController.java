package io.github.resiliencestarter.sample.prices;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import io.github.resiliencestarter.sample.catalog.KnownSku;

/**
 * The prices over HTTP.
 */
@RestController
class PriceController {

	private final Prices prices;

	PriceController(Prices prices) {
		this.prices = prices;
	}

	@GetMapping("/prices/{sku}")
	Price current(@PathVariable @KnownSku String sku) {
		return this.prices.current(sku);
	}

}
