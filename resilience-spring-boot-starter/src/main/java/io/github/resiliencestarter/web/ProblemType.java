package io.github.resiliencestarter.web;

import java.net.URI;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;

/**
 * The kinds of problem that the guards report over HTTP.
 */
enum ProblemType {

	CIRCUIT_OPEN("circuit-open", HttpStatus.SERVICE_UNAVAILABLE, "Temporarily unavailable"),

	THROTTLED("throttled", HttpStatus.TOO_MANY_REQUESTS, "Too many requests"),

	TIMEOUT("timeout", HttpStatus.GATEWAY_TIMEOUT, "The request took too long"),

	OFFLOAD_REJECTED("offload-rejected", HttpStatus.SERVICE_UNAVAILABLE, "Temporarily unavailable"),

	IDEMPOTENCY_KEY_MISSING("idempotency-key-missing", HttpStatus.BAD_REQUEST, "Idempotency key missing"),

	IDEMPOTENCY_KEY_INVALID("idempotency-key-invalid", HttpStatus.BAD_REQUEST, "Idempotency key invalid"),

	IDEMPOTENCY_CONFLICT("idempotency-conflict", HttpStatus.CONFLICT, "The same request is still running"),

	IDEMPOTENCY_KEY_REUSED("idempotency-key-reused", HttpStatus.UNPROCESSABLE_CONTENT,
			"Idempotency key used for another request"),

	IDEMPOTENCY_REPLY_UNAVAILABLE("idempotency-reply-unavailable", HttpStatus.CONFLICT,
			"The request was carried out, its reply is gone");

	private final URI type;

	private final HttpStatus status;

	private final String title;

	ProblemType(String name, HttpStatus status, String title) {
		this.type = URI.create("urn:resilience:" + name);
		this.status = status;
		this.title = title;
	}

	ProblemDetail detail(String sentence) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(this.status, sentence);
		problem.setType(this.type);
		problem.setTitle(this.title);
		return problem;
	}

}
