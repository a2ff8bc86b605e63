package io.github.resiliencestarter.web;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.client.RestClient;

import io.github.resiliencestarter.circuitbreaker.CircuitBreakerOpenException;
import io.github.resiliencestarter.deadline.DeadlineExceededException;
import io.github.resiliencestarter.idempotency.IdempotencyConflictException;
import io.github.resiliencestarter.idempotency.IdempotencyKeyInvalidException;
import io.github.resiliencestarter.idempotency.IdempotencyKeyMissingException;
import io.github.resiliencestarter.idempotency.IdempotencyKeyReusedException;
import io.github.resiliencestarter.idempotency.IdempotencyReplyUnavailableException;
import io.github.resiliencestarter.outbox.NoTransactionException;
import io.github.resiliencestarter.throttle.Throttled;
import io.github.resiliencestarter.timeout.CallTimeoutException;
import io.github.resiliencestarter.timeout.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ResilienceExceptionHandler}: what a client sees over HTTP.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "spring.mvc.problemdetails.enabled=false", "resilience.timeout.offload.max-left-behind=1" })
class ProblemDetailsTests {

	private final RestClient client;

	ProblemDetailsTests(@Autowired RestClient.Builder builder, @LocalServerPort int port) {
		this.client = builder.baseUrl("http://localhost:" + port)
			.defaultStatusHandler((status) -> true, (request, response) -> {
			})
			.build();
	}

	@ParameterizedTest
	@CsvSource({ "circuit-open,503", "timeout,504", "idempotency-key-missing,400", "idempotency-key-invalid,400",
			"idempotency-conflict,409", "idempotency-key-reused,422", "idempotency-reply-unavailable,409" })
	void everyExceptionOfAGuardHasItsTypeItsStatusAndASentence(String problem, int status) {
		ResponseEntity<ProblemDetail> reply = get("/throws/" + problem);
		assertThat(reply.getStatusCode().value()).isEqualTo(status);
		assertThat(reply.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
		ProblemDetail body = body(reply);
		assertThat(body.getType()).hasToString("urn:resilience:" + problem);
		assertThat(body.getStatus()).isEqualTo(status);
		assertThat(body.getTitle()).isNotBlank();
		assertThat(body.getDetail()).endsWith(".").doesNotContain("Exception", "at io.github");
		assertThat(body.getInstance()).hasToString("/throws/" + problem);
	}

	@Test
	void aDeadlineThatHasPassedIsATimeoutToo() {
		ResponseEntity<ProblemDetail> reply = get("/throws/deadline");
		assertThat(reply.getStatusCode().value()).isEqualTo(504);
		assertThat(body(reply).getType()).hasToString("urn:resilience:timeout");
	}

	@Test
	void retryAfterIsRoundedUpSoThatNobodyComesBackTooEarly() {
		assertThat(get("/throws/circuit-open").getHeaders().getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo("3");
		assertThat(get("/throws/idempotency-conflict").getHeaders().getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo("1");
	}

	@Test
	void aThrottledCallerLearnsItsLimit() {
		ResponseEntity<ProblemDetail> reply = get("/throttled");
		while (reply.getStatusCode().is2xxSuccessful()) {
			reply = get("/throttled");
		}
		assertThat(reply.getStatusCode().value()).isEqualTo(429);
		assertThat(body(reply).getType()).hasToString("urn:resilience:throttled");
		HttpHeaders headers = reply.getHeaders();
		assertThat(headers.getFirst("RateLimit-Policy")).isEqualTo("\"say \\\"hi\\\"\";q=2;w=600");
		assertThat(headers.getFirst("RateLimit")).matches("\"say \\\\\"hi\\\\\"\";r=0;t=(300|[12]?\\d?\\d)");
		assertThat(headers.getFirst(HttpHeaders.RETRY_AFTER)).matches("300|[12]?\\d?\\d");
	}

	@Test
	void aCallForWhichNoThreadIsFreeIsToldToComeBack() {
		ResponseEntity<ProblemDetail> reply = get("/stuck");
		assertThat(body(reply).getType()).hasToString("urn:resilience:timeout");
		while (reply.getStatusCode().value() == 504) {
			reply = get("/stuck");
		}
		assertThat(reply.getStatusCode().value()).isEqualTo(503);
		assertThat(reply.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
		assertThat(reply.getHeaders().getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo("1");
		assertThat(body(reply).getType()).hasToString("urn:resilience:offload-rejected");
		assertThat(body(reply).getDetail()).endsWith(".").doesNotContain("Api.stuck");
	}

	@Test
	void aMessageWithoutATransactionIsTheServersFault() {
		ResponseEntity<ProblemDetail> reply = get("/throws/no-transaction");
		assertThat(reply.getStatusCode().value()).isEqualTo(500);
		assertThat(reply.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
		assertThat(body(reply).getDetail()).doesNotContain("secret");
	}

	@Test
	void theApplicationsOwnExceptionsAreLeftToItsOwnAdvice() {
		assertThat(get("/throws/own").getStatusCode().value()).isEqualTo(418);
	}

	@Test
	void canBeSwitchedOff() {
		WebApplicationContextRunner runner = new WebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ProblemDetailsAutoConfiguration.class));
		runner.run((context) -> assertThat(context).hasSingleBean(ResilienceExceptionHandler.class));
		runner.withPropertyValues("resilience.problem-details.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(ResilienceExceptionHandler.class));
		runner.withPropertyValues("resilience.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(ResilienceExceptionHandler.class));
	}

	private ResponseEntity<ProblemDetail> get(String path) {
		return this.client.get().uri(path).retrieve().toEntity(ProblemDetail.class);
	}

	private static ProblemDetail body(ResponseEntity<ProblemDetail> reply) {
		ProblemDetail body = reply.getBody();
		assertThat(body).isNotNull();
		return body;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Api.class, CatchAll.class })
	static class Application {

	}

	@RestController
	static class Api implements DisposableBean {

		private final CountDownLatch end = new CountDownLatch(1);

		private static final Map<String, RuntimeException> EXCEPTIONS = Map.of("idempotency-key-invalid",
				new IdempotencyKeyInvalidException("too long"), "circuit-open",
				new CircuitBreakerOpenException("prices", Duration.ofMillis(2001)), "timeout",
				new CallTimeoutException("late", Duration.ofMillis(1500)), "deadline",
				new DeadlineExceededException("late", Duration.ofMillis(1500)), "idempotency-key-missing",
				new IdempotencyKeyMissingException("no key"), "idempotency-conflict",
				new IdempotencyConflictException("Orders.place", null), "idempotency-key-reused",
				new IdempotencyKeyReusedException("reused"), "idempotency-reply-unavailable",
				new IdempotencyReplyUnavailableException("gone"), "no-transaction",
				new NoTransactionException("secret"), "own", new IllegalStateException("own"));

		@GetMapping("/throws/{problem}")
		String fail(@PathVariable String problem) {
			throw EXCEPTIONS.get(problem);
		}

		@GetMapping("/stuck")
		@Timeout(value = "20ms", mode = Timeout.Mode.OFFLOAD)
		public Map<String, String> stuck() {
			while (this.end.getCount() > 0) {
				try {
					this.end.await();
				}
				catch (InterruptedException ex) {
					// this method ignores interrupts
				}
			}
			return Map.of();
		}

		@Override
		public void destroy() {
			this.end.countDown();
		}

		@GetMapping("/throttled")
		@Throttled(name = "say \"hi\"", rate = "2/10m")
		public Map<String, String> throttled() {
			return Map.of();
		}

	}

	/**
	 * An advice as applications have them, which makes a teapot of everything.
	 */
	@RestControllerAdvice
	static class CatchAll {

		@ExceptionHandler
		ResponseEntity<String> everything(Exception ex) {
			return ResponseEntity.status(418).build();
		}

	}

}
