package io.github.resiliencestarter.web;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.servlet.Filter;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

import io.github.resiliencestarter.idempotency.Idempotent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@code @Idempotent} over real HTTP.
 */
class IdempotencyHttpTests {

	private static final HttpClient client = HttpClient.newHttpClient();

	private static ConfigurableApplicationContext application;

	@BeforeAll
	static void start() {
		application = new SpringApplicationBuilder(Application.class)
			.properties("server.port=0", "spring.datasource.url=jdbc:h2:mem:idempotency-http",
					"resilience.idempotency.web.status-path=/requests", "resilience.idempotency.defaults.max-wait=1m",
					"spring.main.banner-mode=off", "management.endpoints.web.exposure.include=*",
					"management.endpoint.health.show-details=always")
			.run();
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	private static String base() {
		return "http://localhost:" + application.getEnvironment().getProperty("local.server.port");
	}

	private static HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create(base() + path));
	}

	private static HttpResponse<String> post(String path, String key, String body, String... headers) throws Exception {
		HttpRequest.Builder request = request(path).header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body));
		if (key != null) {
			request.header("Idempotency-Key", key);
		}
		if (headers.length > 0) {
			request.headers(headers);
		}
		return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	private static HttpResponse<String> get(String path, String... headers) throws Exception {
		HttpRequest.Builder request = request(path);
		if (headers.length > 0) {
			request.headers(headers);
		}
		return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	private static int runs(String operation) {
		return application.getBean(Orders.class).runs(operation).get();
	}

	@Test
	void aReplayIsTheFirstResponseAndSaysSo() throws Exception {
		HttpResponse<String> first = post("/orders", "k-1", "{\"sku\":\"book\",\"price\":1.10}");
		HttpResponse<String> replay = post("/orders", "\"k-1\"", "{\"sku\":\"book\",\"price\":1.10}");
		assertThat(first.statusCode()).isEqualTo(201);
		assertThat(first.headers().firstValue("Idempotent-Replayed")).isEmpty();
		assertThat(first.headers().firstValue("Set-Cookie")).isPresent();
		assertThat(replay.statusCode()).isEqualTo(201);
		assertThat(replay.body()).isEqualTo(first.body()).contains("\"price\":1.10");
		for (String header : List.of("Location", "X-Shop", "Content-Type")) {
			assertThat(replay.headers().firstValue(header)).isPresent().isEqualTo(first.headers().firstValue(header));
		}
		assertThat(replay.headers().firstValue("Idempotent-Replayed")).hasValue("true");
		assertThat(replay.headers().firstValue("Set-Cookie")).isEmpty();
		assertThat(replay.headers().firstValue("traceparent")).isEmpty();
	}

	@Test
	void aPlainBodyWithAnAnnotatedStatusIsReplayedToo() throws Exception {
		HttpResponse<String> first = post("/plain", "plain", "{\"sku\":\"book\",\"price\":1}");
		HttpResponse<String> replay = post("/plain", "plain", "{\"sku\":\"book\",\"price\":1}");
		assertThat(first.statusCode()).isEqualTo(202);
		assertThat(replay.statusCode()).isEqualTo(202);
		assertThat(replay.body()).isEqualTo(first.body());
		assertThat(replay.headers().firstValue("Idempotent-Replayed")).hasValue("true");
	}

	@Test
	void whatTheMethodSetsOnTheResponseItselfIsReplayedAndWhatFiltersSetIsNot() throws Exception {
		HttpResponse<String> first = post("/direct", "direct", "{\"sku\":\"202\",\"price\":1}", "X-Visit", "1");
		HttpResponse<String> replay = post("/direct", "direct", "{\"sku\":\"202\",\"price\":1}", "X-Visit", "2");
		assertThat(runs("direct")).isOne();
		assertThat(first.statusCode()).isEqualTo(202);
		assertThat(replay.statusCode()).isEqualTo(202);
		assertThat(replay.body()).isEqualTo(first.body());
		for (String header : List.of("Location", "X-Part", "Content-Type")) {
			assertThat(replay.headers().allValues(header)).isNotEmpty().isEqualTo(first.headers().allValues(header));
		}
		assertThat(first.headers().allValues("X-Part")).containsExactly("a", "b");
		assertThat(first.headers().firstValue("Content-Type").orElse("")).startsWith("application/vnd.shop+json");
		assertThat(first.headers().firstValue("X-Visited")).hasValue("1");
		assertThat(replay.headers().firstValue("X-Visited")).hasValue("2");
		assertThat(first.headers().firstValue("Set-Cookie")).isPresent();
		assertThat(replay.headers().firstValue("Set-Cookie")).isEmpty();
		assertThat(replay.headers().firstValue("traceparent")).isEmpty();
	}

	@Test
	void aReplyOfNothingButAStatusIsReplayedAndAServerErrorIsNot() throws Exception {
		assertThat(post("/nothing", "gone", "{\"sku\":\"204\",\"price\":1}").statusCode()).isEqualTo(204);
		HttpResponse<String> replay = post("/nothing", "gone", "{\"sku\":\"204\",\"price\":1}");
		assertThat(replay.statusCode()).isEqualTo(204);
		assertThat(replay.headers().firstValue("Idempotent-Replayed")).hasValue("true");
		assertThat(runs("nothing")).isOne();
		for (int attempt = 2; attempt <= 3; attempt++) {
			assertThat(post("/nothing", "busy", "{\"sku\":\"503\",\"price\":1}").statusCode()).isEqualTo(503);
			assertThat(runs("nothing")).isEqualTo(attempt);
		}
	}

	@Test
	void aMissingKeyIsRefused() throws Exception {
		HttpResponse<String> response = post("/orders", null, "{\"sku\":\"book\",\"price\":1}");
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		assertThat(response.body()).contains("urn:resilience:idempotency-key-missing");
	}

	@ParameterizedTest
	@ValueSource(strings = { "   ", "\"\"", "two words", "\"open", "LONG" })
	void aKeyThatIsNoneIsRefused(String key) throws Exception {
		int runs = runs("place");
		String sent = key.equals("LONG") ? "k".repeat(256) : key;
		HttpResponse<String> response = post("/orders", sent, "{\"sku\":\"book\",\"price\":1}");
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(response.body()).contains("urn:resilience:idempotency-key-invalid");
		assertThat(runs("place")).isEqualTo(runs);
	}

	@Test
	void twoKeysInOneRequestAreRefused() throws Exception {
		HttpResponse<String> response = post("/orders", "one", "{\"sku\":\"book\",\"price\":1}", "Idempotency-Key",
				"two");
		assertThat(response.statusCode()).isEqualTo(400);
	}

	@Test
	void aKeyOf255CharactersIsTaken() throws Exception {
		assertThat(post("/orders", "k".repeat(255), "{\"sku\":\"book\",\"price\":1}").statusCode()).isEqualTo(201);
	}

	@Test
	void aKeyWithAnotherBodyIsRefused() throws Exception {
		post("/orders", "reused", "{\"sku\":\"book\",\"price\":1}");
		HttpResponse<String> response = post("/orders", "reused", "{\"sku\":\"mug\",\"price\":1}");
		assertThat(response.statusCode()).isEqualTo(422);
		assertThat(response.body()).contains("urn:resilience:idempotency-key-reused");
	}

	@Test
	void nobodyGetsTheReplyOfSomebodyElse() throws Exception {
		HttpResponse<String> alice = post("/orders", "shared", "{\"sku\":\"book\",\"price\":1}", "X-User", "alice");
		HttpResponse<String> bob = post("/orders", "shared", "{\"sku\":\"mug\",\"price\":1}", "X-User", "bob");
		HttpResponse<String> nobody = post("/orders", "shared", "{\"sku\":\"lamp\",\"price\":1}");
		assertThat(List.of(alice.statusCode(), bob.statusCode(), nobody.statusCode())).containsOnly(201);
		assertThat(alice.body()).isNotEqualTo(bob.body());
		assertThat(post("/orders", "shared", "{\"sku\":\"mug\",\"price\":1}", "X-User", "bob").body())
			.isEqualTo(bob.body());
	}

	@Test
	void aServerErrorIsNotRecordedAndAClientErrorIs() throws Exception {
		assertThat(post("/broken", "broken", "{\"sku\":\"503\",\"price\":1}").statusCode()).isEqualTo(503);
		assertThat(
				post("/broken", "broken", "{\"sku\":\"503\",\"price\":1}").headers().firstValue("Idempotent-Replayed"))
			.isEmpty();
		assertThat(runs("broken")).isEqualTo(2);
		HttpResponse<String> declined = post("/broken", "declined", "{\"sku\":\"409\",\"price\":1}");
		HttpResponse<String> again = post("/broken", "declined", "{\"sku\":\"409\",\"price\":1}");
		assertThat(again.statusCode()).isEqualTo(409);
		assertThat(again.body()).isEqualTo(declined.body());
		assertThat(again.headers().firstValue("Content-Type")).hasValue("application/problem+json")
			.isEqualTo(declined.headers().firstValue("Content-Type"));
		assertThat(again.headers().firstValue("Idempotent-Replayed")).hasValue("true");
		assertThat(runs("broken")).isEqualTo(3);
	}

	@Test
	void concurrentRequestsRunOnce() throws Exception {
		List<CompletableFuture<HttpResponse<String>>> requests = new ArrayList<>();
		for (int count = 0; count < 8; count++) {
			requests.add(client.sendAsync(request("/orders").header("Content-Type", "application/json")
				.header("Idempotency-Key", "concurrent")
				.POST(HttpRequest.BodyPublishers.ofString("{\"sku\":\"book\",\"price\":1}"))
				.build(), HttpResponse.BodyHandlers.ofString()));
		}
		String first = requests.get(0).get(2, TimeUnit.MINUTES).body();
		for (CompletableFuture<HttpResponse<String>> request : requests) {
			assertThat(request.get(2, TimeUnit.MINUTES).body()).isEqualTo(first);
		}
	}

	@Test
	void aRunningRequestIsAConflictWithARetryAfterAndItsSenderCanAskForIt() throws Exception {
		Orders orders = application.getBean(Orders.class);
		CompletableFuture<HttpResponse<String>> first = client.sendAsync(
				request("/slow").header("Idempotency-Key", "slow").POST(HttpRequest.BodyPublishers.noBody()).build(),
				HttpResponse.BodyHandlers.ofString());
		assertThat(orders.running().await(2, TimeUnit.MINUTES)).isTrue();
		HttpResponse<String> duplicate = post("/slow", "slow", "");
		assertThat(duplicate.statusCode()).isEqualTo(409);
		assertThat(duplicate.body()).contains("urn:resilience:idempotency-conflict");
		assertThat(duplicate.headers().firstValue("Retry-After")).hasValue("1");
		assertThat(get("/requests/Orders.slow/slow").statusCode()).isEqualTo(202);
		orders.finish().countDown();
		assertThat(first.get(2, TimeUnit.MINUTES).statusCode()).isEqualTo(200);
		HttpResponse<String> done = get("/requests/Orders.slow/slow");
		assertThat(done.statusCode()).isEqualTo(200);
		assertThat(done.body()).isEqualTo("done");
	}

	@Test
	void aSenderLearnsOnlyOfItsOwnRequests() throws Exception {
		HttpResponse<String> placed = post("/orders", "asked", "{\"sku\":\"book\",\"price\":1}", "X-User", "alice");
		HttpResponse<String> mine = get("/requests/place/asked", "X-User", "alice");
		assertThat(mine.statusCode()).isEqualTo(200);
		assertThat(mine.body()).isEqualTo(placed.body());
		HttpResponse<String> theirs = get("/requests/place/asked", "X-User", "bob");
		HttpResponse<String> never = get("/requests/place/never", "X-User", "bob");
		assertThat(theirs.statusCode()).isEqualTo(404);
		assertThat(theirs.body()).isEqualTo(never.body().replace("never", "asked"));
		assertThat(get("/requests/unknown/asked").statusCode()).isEqualTo(404);
	}

	@Test
	void anOutgoingRequestCarriesTheSameKeyInEveryRunAndAnotherForAnotherCaller() throws Exception {
		String alice = post("/propagate", "p", "", "X-User", "alice").body();
		String failed = post("/propagate", "q", "", "X-User", "fail").body();
		String again = post("/propagate", "q", "", "X-User", "fail").body();
		String bob = post("/propagate", "p", "", "X-User", "bob").body();
		assertThat(alice).matches("[0-9a-f]{32}").isNotEqualTo(bob);
		assertThat(again).isEqualTo(failed);
		assertThat(runs("propagate")).isEqualTo(4);
		assertThat(post("/not-propagated", "r", "").body()).isEqualTo("none");
	}

	@Test
	void anOperatorSeesTheOperationsAndCanForgetACall() throws Exception {
		post("/orders", "forget-me", "{\"sku\":\"book\",\"price\":1}", "X-User", "carol");
		String overview = get("/actuator/idempotency").body();
		assertThat(overview).contains("\"operations\":{")
			.contains("\"place\":{\"mode\":\"TRANSACTIONAL\",\"executed\":")
			.contains("\"replayed\":", "\"conflicts\":", "\"mismatches\":", "\"guarantee\":", "\"stored\":");
		assertThat(delete("/actuator/idempotency/place/forget-me")).isEqualTo(404);
		assertThat(delete("/actuator/idempotency/place/forget-me?principal=carol")).isEqualTo(204);
		HttpResponse<String> rerun = post("/orders", "forget-me", "{\"sku\":\"mug\",\"price\":1}", "X-User", "carol");
		assertThat(rerun.statusCode()).isEqualTo(201);
		assertThat(get("/actuator/health").body()).contains("\"idempotency\":{");
	}

	private static int delete(String path) throws IOException, InterruptedException {
		return client.send(request(path).DELETE().build(), HttpResponse.BodyHandlers.discarding()).statusCode();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Orders.class)
	static class Application {

		@Bean
		Filter visitFilter() {
			return (request, response, chain) -> {
				((HttpServletResponse) response).setHeader("X-Visited",
						((HttpServletRequest) request).getHeader("X-Visit"));
				chain.doFilter(request, response);
			};
		}

		@Bean
		Filter userFilter() {
			return (request, response, chain) -> {
				String user = ((HttpServletRequest) request).getHeader("X-User");
				if (user != null) {
					SecurityContextHolder.getContext()
						.setAuthentication(UsernamePasswordAuthenticationToken.authenticated(user, "", List.of()));
				}
				try {
					chain.doFilter(request, response);
				}
				finally {
					SecurityContextHolder.clearContext();
				}
			};
		}

	}

	record Order(String sku, BigDecimal price) {
	}

	record Placed(int id, String sku, BigDecimal price) {
	}

	@RestController
	static class Orders {

		private final Map<String, AtomicInteger> runs = new ConcurrentHashMap<>();

		private final CountDownLatch running = new CountDownLatch(1);

		private final CountDownLatch finish = new CountDownLatch(1);

		private final RestClient.Builder clients;

		Orders(RestClient.Builder clients) {
			this.clients = clients;
		}

		CountDownLatch running() {
			return this.running;
		}

		CountDownLatch finish() {
			return this.finish;
		}

		AtomicInteger runs(String operation) {
			return this.runs.computeIfAbsent(operation, (missing) -> new AtomicInteger());
		}

		@PostMapping("/orders")
		@Idempotent("place")
		public ResponseEntity<Placed> place(@RequestBody Order order,
				@RequestHeader(name = "Idempotency-Key", required = false) String key, HttpServletRequest request) {
			int id = runs("place").incrementAndGet();
			return ResponseEntity.created(URI.create("/orders/" + id))
				.header("X-Shop", "main")
				.header("Set-Cookie", "session=secret")
				.header("traceparent", "00-1-2-00")
				.body(new Placed(id, order.sku(), order.price()));
		}

		@PostMapping("/plain")
		@ResponseStatus(HttpStatus.ACCEPTED)
		@Idempotent
		public Placed plain(@RequestBody Order order) {
			return new Placed(runs("plain").incrementAndGet(), order.sku(), order.price());
		}

		@PostMapping("/direct")
		@Idempotent
		public byte[] direct(@RequestBody Order order, HttpServletResponse response) {
			response.setStatus(Integer.parseInt(order.sku()));
			response.setHeader("Location", "/orders/" + runs("direct").incrementAndGet());
			response.addHeader("X-Part", "a");
			response.addHeader("X-Part", "b");
			response.setHeader("traceparent", "00-1-2-00");
			response.addCookie(new Cookie("session", "secret"));
			response.setContentType("application/vnd.shop+json");
			return "{}".getBytes(StandardCharsets.UTF_8);
		}

		@PostMapping("/nothing")
		@Idempotent
		public void nothing(@RequestBody Order order, HttpServletResponse response) {
			runs("nothing").incrementAndGet();
			response.setStatus(Integer.parseInt(order.sku()));
		}

		@PostMapping("/broken")
		@Idempotent
		public ResponseEntity<?> broken(@RequestBody Order order) {
			runs("broken").incrementAndGet();
			HttpStatus status = HttpStatus.valueOf(Integer.parseInt(order.sku()));
			return ResponseEntity.of(ProblemDetail.forStatusAndDetail(status, "no " + runs("broken"))).build();
		}

		@PostMapping("/slow")
		@Idempotent(onConcurrent = Idempotent.OnConcurrent.REJECT)
		public String slow() throws InterruptedException {
			this.running.countDown();
			this.finish.await();
			return "done";
		}

		@PostMapping("/propagate")
		@Idempotent(propagateKey = true)
		public ResponseEntity<String> propagate(HttpServletRequest request) {
			runs("propagate").incrementAndGet();
			String key = echo(request);
			boolean fails = "fail".equals(request.getHeader("X-User"));
			return ResponseEntity.status(fails ? 500 : 200).body(key);
		}

		@PostMapping("/not-propagated")
		@Idempotent
		public String notPropagated(HttpServletRequest request) {
			return echo(request);
		}

		private String echo(HttpServletRequest request) {
			return this.clients.build()
				.get()
				.uri("http://localhost:" + request.getLocalPort() + "/echo/a")
				.retrieve()
				.body(String.class);
		}

		@GetMapping("/echo/{any}")
		public String echo(@PathVariable String any,
				@RequestHeader(name = "Idempotency-Key", defaultValue = "none") String key) {
			return key;
		}

	}

}
