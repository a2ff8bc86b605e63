package io.github.resiliencestarter.sample.simulator;

import java.math.BigDecimal;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import org.jspecify.annotations.Nullable;

import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

import io.github.resiliencestarter.sample.catalog.Catalog;
import io.github.resiliencestarter.sample.catalog.KnownSku;

/**
 * Stands in for somebody else's price service.
 */
@RestController
@RequestMapping("/simulator/prices")
class PriceSimulator {

	private final SimulatedService service = new SimulatedService();

	private final Catalog catalog;

	PriceSimulator(Catalog catalog) {
		this.catalog = catalog;
	}

	@GetMapping
	Behaviour behaviour() {
		return this.service.behaviour();
	}

	@PutMapping
	Behaviour behave(@Valid @RequestBody Behaviour behaviour) {
		return this.service.behave(behaviour);
	}

	@GetMapping("/{sku}")
	@Nullable ResponseEntity<BigDecimal> price(@PathVariable @KnownSku String sku, HttpServletRequest request)
			throws InterruptedException {
		return this.service.answer(request, () -> ResponseEntity.ok(this.catalog.listPrice(sku)));
	}

}
