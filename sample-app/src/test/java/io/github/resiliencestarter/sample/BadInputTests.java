package io.github.resiliencestarter.sample;

import java.util.List;
import java.util.UUID;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

import io.github.resiliencestarter.sample.ShopClient.Order;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests that are refused: each with a sentence, and without a trace in the database.
 */
@RunningShop
class BadInputTests {

	private static final String GOOD = """
			{"sku":"mug-7","quantity":1,"email":"a@example.org"}""";

	private final ShopClient shop;

	private List<Order> before;

	BadInputTests(@LocalServerPort int port) {
		this.shop = new ShopClient(port);
	}

	@BeforeEach
	void rememberOrders() {
		this.before = this.shop.orders().stream().toList();
	}

	@AfterEach
	void nothingWasStored() {
		assertThat(this.shop.orders()).extracting(Order::id)
			.containsExactlyElementsOf(this.before.stream().map(Order::id).toList());
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "null", "[]", "{}", "{\"sku\":", "not json", "{\"sku\":\"mug-7\"}",
			"{'sku':'mug-7','quantity':1,'email':'a@b.c'}",
			"{\"sku\":\"mug-7\",\"quantity\":0,\"email\":\"a@example.org\"}",
			"{\"sku\":\"mug-7\",\"quantity\":-1,\"email\":\"a@example.org\"}",
			"{\"sku\":\"mug-7\",\"quantity\":1.5,\"email\":\"a@example.org\"}",
			"{\"sku\":\"mug-7\",\"quantity\":99999999999,\"email\":\"a@example.org\"}",
			"{\"sku\":\"mug-7\",\"quantity\":\"many\",\"email\":\"a@example.org\"}",
			"{\"sku\":\"spoon-1\",\"quantity\":1,\"email\":\"a@example.org\"}",
			"{\"sku\":\"mug-7\",\"quantity\":1,\"email\":\"a.example.org\"}",
			"{\"sku\":\"mug-7\",\"quantity\":1,\"email\":\"a@\"}",
			"{\"sku\":\"mug-7\",\"quantity\":1,\"email\":\"a@b@c\"}",
			"{\"sku\":\"mug-7\",\"quantity\":1,\"email\":\"a@example.org\\nBcc: b@example.org\"}",
			"{\"sku\":\"mug-7\",\"quantity\":1,\"email\":\"A <a@example.org>, b@example.org\"}" })
	void aBadOrderIsRefusedWithASentence(String json) {
		assertRefused(this.shop.post("/orders", UUID.randomUUID().toString(), json), 400);
	}

	@Test
	void anAddressLongerThanMailServersTakeIsRefused() {
		String json = GOOD.replace("a@example.org", "a@" + "b".repeat(60).concat(".").repeat(5) + "org");
		assertRefused(this.shop.post("/orders", UUID.randomUUID().toString(), json), 400);
	}

	@Test
	void anOrderWithoutAKeyIsRefused() {
		ResponseEntity<String> reply = this.shop.post("/orders", null, GOOD);
		assertRefused(reply, 400);
		assertThat(reply.getBody()).contains("urn:resilience:idempotency-key-missing", "Idempotency-Key");
	}

	@ParameterizedTest
	@ValueSource(ints = { 256, 10_000 })
	void anOrderWithAnOverLongKeyIsRefused(int length) {
		ResponseEntity<String> reply = this.shop.post("/orders", "k".repeat(length), GOOD);
		assertRefused(reply, 400);
		assertThat(reply.getBody()).contains("urn:resilience:idempotency-key-invalid");
	}

	@Test
	void aKeyIsNotBurntByABadOrder() {
		String key = UUID.randomUUID().toString();
		assertRefused(this.shop.post("/orders", key, GOOD.replace("mug-7", "spoon-1")), 400);
		ResponseEntity<Order> reply = this.shop.place(key, "mug-7", 1, "a@example.org");
		assertThat(reply.getStatusCode().value()).isEqualTo(201);
		this.before = this.shop.orders();
	}

	@Test
	void aKeyOfAnotherOrderIsRefused() {
		String key = UUID.randomUUID().toString();
		this.shop.place(key, "mug-7", 1, "a@example.org");
		this.before = this.shop.orders();
		assertRefused(this.shop.post("/orders", key, GOOD.replace("1", "2")), 422);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/orders/0", "/orders/99999999999999", "/orders/abc", "/orders/-1",
			"/orders/9f1a1f6e-0000-4000-8000-000000000000", "/nowhere" })
	void whatIsNotThereIsNotFound(String path) {
		assertRefused(this.shop.get(path), 404);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/prices/spoon-1", "/orders?limit=0", "/orders?limit=many" })
	void aBadQuestionIsRefused(String path) {
		assertRefused(this.shop.get(path), 400);
	}

	private static void assertRefused(ResponseEntity<String> reply, int status) {
		assertThat(reply.getStatusCode().value()).isEqualTo(status);
		assertThat(reply.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
		assertThat(reply.getBody()).containsPattern("\"detail\":\"[A-Z][^\"]+\\.?\"")
			.doesNotContain("Exception", "io.github", "trace");
	}

}
