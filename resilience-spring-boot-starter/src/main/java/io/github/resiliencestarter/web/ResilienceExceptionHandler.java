package io.github.resiliencestarter.web;

import java.time.Duration;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

import io.github.resiliencestarter.CallRejectedException;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerOpenException;
import io.github.resiliencestarter.deadline.DeadlineExceededException;
import io.github.resiliencestarter.idempotency.IdempotencyConflictException;
import io.github.resiliencestarter.idempotency.IdempotencyKeyInvalidException;
import io.github.resiliencestarter.idempotency.IdempotencyKeyMissingException;
import io.github.resiliencestarter.idempotency.IdempotencyKeyReusedException;
import io.github.resiliencestarter.idempotency.IdempotencyReplyUnavailableException;
import io.github.resiliencestarter.outbox.NoTransactionException;
import io.github.resiliencestarter.throttle.ThrottledException;
import io.github.resiliencestarter.timeout.CallTimeoutException;
import io.github.resiliencestarter.timeout.OffloadRejectedException;

/**
 * Answers with problem details (RFC 9457) where a guard's exception leaves a controller.
 * It comes before the application's own advice, whose handler of {@code Exception} would
 * make a 500 of them; an advice of the highest precedence comes before it.
 */
@RestControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE + 100)
class ResilienceExceptionHandler {

	private static final Log logger = LogFactory.getLog(ResilienceExceptionHandler.class);

	private final String idempotencyHeader;

	ResilienceExceptionHandler(String idempotencyHeader) {
		this.idempotencyHeader = idempotencyHeader;
	}

	@ExceptionHandler
	ResponseEntity<ProblemDetail> circuitOpen(CircuitBreakerOpenException ex) {
		return rejected(ex, ProblemType.CIRCUIT_OPEN,
				"What this request needs is failing at the moment and is given time to recover. Try again in %s.",
				new HttpHeaders());
	}

	@ExceptionHandler
	ResponseEntity<ProblemDetail> throttled(ThrottledException ex) {
		HttpHeaders headers = new HttpHeaders();
		RateLimitFields.add(ex, headers);
		return rejected(ex, ProblemType.THROTTLED, "There were more requests than are allowed. Try again in %s.",
				headers);
	}

	@ExceptionHandler
	ResponseEntity<ProblemDetail> idempotencyConflict(IdempotencyConflictException ex) {
		return rejected(ex, ProblemType.IDEMPOTENCY_CONFLICT,
				"The first request with this idempotency key is still running. Send it again in %s to get its reply.",
				new HttpHeaders());
	}

	@ExceptionHandler
	ResponseEntity<ProblemDetail> timeout(CallTimeoutException ex) {
		String limit = DurationFormatterUtils.print(ex.limit(), DurationFormat.Style.COMPOSITE);
		return problem(ProblemType.TIMEOUT, "The request was not finished within its limit of " + limit
				+ ". It is not known whether it was carried out.");
	}

	@ExceptionHandler
	ResponseEntity<ProblemDetail> offloadRejected(OffloadRejectedException ex) {
		return rejected(ex, ProblemType.OFFLOAD_REJECTED,
				"Too many earlier requests of this kind have not ended yet. Try again in %s.", new HttpHeaders());
	}

	@ExceptionHandler
	ResponseEntity<ProblemDetail> deadlineExceeded(DeadlineExceededException ex) {
		return problem(ProblemType.TIMEOUT,
				"The time that the request was given was used up before it could be finished.");
	}

	@ExceptionHandler
	ResponseEntity<ProblemDetail> idempotencyKeyMissing(IdempotencyKeyMissingException ex) {
		return problem(ProblemType.IDEMPOTENCY_KEY_MISSING,
				"This request needs an idempotency key, usually in the header '" + this.idempotencyHeader
						+ "': a text of your choice, another for each request, and the same when one is sent again.");
	}

	@ExceptionHandler
	ResponseEntity<ProblemDetail> idempotencyKeyInvalid(IdempotencyKeyInvalidException ex) {
		return problem(ProblemType.IDEMPOTENCY_KEY_INVALID,
				"An idempotency key has 1 to 255 visible ASCII characters, in quotes or without, and is sent once.");
	}

	@ExceptionHandler
	ResponseEntity<ProblemDetail> idempotencyKeyReused(IdempotencyKeyReusedException ex) {
		return problem(ProblemType.IDEMPOTENCY_KEY_REUSED,
				"This idempotency key was used before, for a request with other content. Use a new key for it.");
	}

	@ExceptionHandler
	ResponseEntity<ProblemDetail> idempotencyReplyUnavailable(IdempotencyReplyUnavailableException ex) {
		return problem(ProblemType.IDEMPOTENCY_REPLY_UNAVAILABLE,
				"This request was carried out before, and is not carried out again. Its reply is not available any more.");
	}

	@ExceptionHandler
	ResponseEntity<ProblemDetail> noTransaction(NoTransactionException ex) {
		logger.error("A message was published where no transaction could carry it", ex);
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.INTERNAL_SERVER_ERROR,
				"The server is not set up to carry out this request. No message was sent.");
		return ResponseEntity.of(problem).build();
	}

	private static ResponseEntity<ProblemDetail> rejected(CallRejectedException ex, ProblemType type, String sentence,
			HttpHeaders headers) {
		long retryAfter = WholeSeconds.of(ex.retryAfter().orElse(Duration.ZERO));
		headers.set(HttpHeaders.RETRY_AFTER, Long.toString(retryAfter));
		ProblemDetail problem = type.detail(sentence.formatted(WholeSeconds.spelled(retryAfter)));
		return ResponseEntity.of(problem).headers(headers).build();
	}

	private static ResponseEntity<ProblemDetail> problem(ProblemType type, String sentence) {
		return ResponseEntity.of(type.detail(sentence)).build();
	}

}
