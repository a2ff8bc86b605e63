package io.github.resiliencestarter.sample.orders;

import java.net.URI;
import java.util.List;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

import io.github.resiliencestarter.idempotency.Idempotent;

/**
 * The orders over HTTP.
 */
@RestController
@RequestMapping("/orders")
public class OrderController {

	private final Orders orders;

	OrderController(Orders orders) {
		this.orders = orders;
	}

	/**
	 * Place an order once for each {@code Idempotency-Key}, however often it is sent.
	 */
	@PostMapping
	@Idempotent
	public ResponseEntity<Order> place(@Valid @RequestBody PlaceOrder request) {
		Order order = this.orders.place(request);
		return ResponseEntity.created(URI.create("/orders/" + order.id())).body(order);
	}

	/**
	 * Return one order. Anything that is no number is nobody's id, and not found.
	 */
	@GetMapping("/{id:\\d{1,18}}")
	public Order find(@PathVariable long id) {
		return this.orders.find(id)
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no order " + id + "."));
	}

	@GetMapping
	public List<Order> newest(
			@RequestParam(defaultValue = "1000") @Min(value = 1, message = "The limit must be at least 1.") int limit) {
		return this.orders.newest(limit);
	}

}
