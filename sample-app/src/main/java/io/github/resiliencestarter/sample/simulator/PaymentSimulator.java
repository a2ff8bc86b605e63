package io.github.resiliencestarter.sample.simulator;

import java.util.List;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Stands in for somebody else's payment provider. Its ledger is in this process's memory.
 */
@RestController
@RequestMapping("/simulator/payments")
class PaymentSimulator {

	private final SimulatedService service = new SimulatedService();

	private final Ledger ledger = new Ledger();

	@GetMapping
	Behaviour behaviour() {
		return this.service.behaviour();
	}

	@PutMapping
	Behaviour behave(@Valid @RequestBody Behaviour behaviour) {
		return this.service.behave(behaviour);
	}

	@PostMapping("/charges")
	@Nullable ResponseEntity<Void> charge(@RequestHeader("Idempotency-Key") String idempotencyKey,
			@RequestBody Ledger.Charge charge, HttpServletRequest request) throws InterruptedException {
		return this.service.answer(request, () -> {
			boolean charged = this.ledger.charge(idempotencyKey, charge);
			return ResponseEntity.status(charged ? HttpStatus.OK : HttpStatus.PAYMENT_REQUIRED).build();
		});
	}

	@GetMapping("/ledger")
	List<Ledger.Entry> ledger() {
		return this.ledger.entries();
	}

}
