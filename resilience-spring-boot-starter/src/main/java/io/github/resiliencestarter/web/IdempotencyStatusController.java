package io.github.resiliencestarter.web;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpEntity;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import io.github.resiliencestarter.idempotency.CallStatus;
import io.github.resiliencestarter.idempotency.IdempotencyOverview;

/**
 * Tells a sender whether a request of its own arrived, before it sends it again. Nobody
 * learns of the requests of others: a key of somebody else is as unknown as one that
 * nobody used.
 */
@RestController
class IdempotencyStatusController {

	private final IdempotencyOverview overview;

	IdempotencyStatusController(IdempotencyOverview overview) {
		this.overview = overview;
	}

	@GetMapping("${resilience.idempotency.web.status-path}/{operation}/{key}")
	ResponseEntity<?> status(@PathVariable String operation, @PathVariable String key) throws Throwable {
		CallStatus status = this.overview.status(operation, key);
		if (status instanceof CallStatus.Done done) {
			return replayed(done.outcome().reply());
		}
		return (status instanceof CallStatus.Running) ? ResponseEntity.accepted().build() : unknown();
	}

	private static ResponseEntity<?> replayed(@Nullable Object reply) {
		ResponseEntity.BodyBuilder response = ResponseEntity.ok().header(IdempotencyServletExchange.REPLAYED, "true");
		return (reply instanceof HttpEntity<?> entity) ? response.headers(entity.getHeaders()).body(entity.getBody())
				: response.body(reply);
	}

	private static ResponseEntity<ProblemDetail> unknown() {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND,
				"No request with this key has been carried out. It can be sent.");
		return ResponseEntity.of(problem).build();
	}

}
