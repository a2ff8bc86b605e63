package io.github.resiliencestarter.sample;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/**
 * A customer of the order service, over real HTTP. Error replies are results, not
 * exceptions.
 */
public class ShopClient {

	private final RestClient http;

	public ShopClient(int port) {
		this.http = RestClient.builder()
			.requestFactory(new JdkClientHttpRequestFactory())
			.baseUrl("http://localhost:" + port)
			.defaultStatusHandler(HttpStatusCode::isError, (request, response) -> {
			})
			.build();
	}

	public ResponseEntity<Order> place(String key, String sku, int quantity, String email) {
		return this.http.post()
			.uri("/orders")
			.header("Idempotency-Key", key)
			.body(Map.of("sku", sku, "quantity", quantity, "email", email))
			.retrieve()
			.toEntity(Order.class);
	}

	public ResponseEntity<String> post(String path, String key, String json) {
		RestClient.RequestBodySpec request = this.http.post().uri(path).contentType(MediaType.APPLICATION_JSON);
		if (key != null) {
			request.header("Idempotency-Key", key);
		}
		return request.body(json).retrieve().toEntity(String.class);
	}

	public ResponseEntity<String> get(String path) {
		return this.http.get().uri(path).retrieve().toEntity(String.class);
	}

	public Order order(long id) {
		return this.http.get().uri("/orders/{id}", id).retrieve().body(Order.class);
	}

	public List<Order> orders() {
		return list("/orders", new ParameterizedTypeReference<>() {
		});
	}

	public List<Charge> ledger() {
		return list("/simulator/payments/ledger", new ParameterizedTypeReference<>() {
		});
	}

	public List<Mail> mailbox() {
		return list("/mailbox", new ParameterizedTypeReference<>() {
		});
	}

	public Price price(String sku) {
		return this.http.get().uri("/prices/{sku}", sku).retrieve().body(Price.class);
	}

	public ResponseEntity<String> put(String path, String json) {
		return this.http.put()
			.uri(path)
			.contentType(MediaType.APPLICATION_JSON)
			.body(json)
			.retrieve()
			.toEntity(String.class);
	}

	public void simulate(String service, int latencyMillis, double failureRate, double dropReplyRate) {
		this.http.put()
			.uri("/simulator/{service}", service)
			.body(Map.of("latencyMillis", latencyMillis, "failureRate", failureRate, "dropReplyRate", dropReplyRate))
			.retrieve()
			.toBodilessEntity();
	}

	private <T> List<T> list(String path, ParameterizedTypeReference<List<T>> type) {
		return this.http.get().uri(path).retrieve().body(type);
	}

	public record Order(long id, String sku, int quantity, String email, String status) {
	}

	public record Charge(String idempotencyKey, long orderId, BigDecimal amount) {
	}

	public record Mail(String to, String subject, String messageId) {
	}

	public record Price(String sku, BigDecimal price, String source) {
	}

}
