package io.github.resiliencestarter.sample;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.ResponseEntity;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The simulated services misbehave as they are told to.
 */
@RunningShop
class SimulatorTests {

	private final int port;

	private final ShopClient shop;

	SimulatorTests(@LocalServerPort int port) {
		this.port = port;
		this.shop = new ShopClient(port);
	}

	@AfterEach
	void heal() {
		this.shop.simulate("payments", 0, 0, 0);
		this.shop.simulate("prices", 0, 0, 0);
	}

	@Test
	void aDroppedReplyIsCarriedOutAndAnsweredByNothing() throws IOException {
		String key = UUID.randomUUID().toString();
		String charge = "{\"orderId\":0,\"amount\":1}";
		this.shop.simulate("payments", 0, 0, 1);
		assertThat(exchange("POST /simulator/payments/charges HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: " + key
				+ "\r\nContent-Type: application/json\r\nContent-Length: " + charge.length() + "\r\n\r\n" + charge))
			.isEmpty();
		assertThat(this.shop.ledger()).filteredOn("idempotencyKey", key).hasSize(1);
	}

	@Test
	void aDroppedPriceIsAnsweredByNothing() throws IOException {
		this.shop.simulate("prices", 0, 0, 1);
		assertThat(exchange("GET /simulator/prices/mug-7 HTTP/1.1\r\nHost: localhost\r\n\r\n")).isEmpty();
	}

	@Test
	void theProviderChargesOnceForOneKey() {
		String key = UUID.randomUUID().toString();
		for (int time = 0; time < 3; time++) {
			this.shop.post("/simulator/payments/charges", key, "{\"orderId\":0,\"amount\":1}");
		}
		assertThat(this.shop.ledger()).filteredOn("idempotencyKey", key).hasSize(1);
	}

	@Test
	void aFailureIsNotCarriedOut() {
		String key = UUID.randomUUID().toString();
		this.shop.simulate("payments", 0, 1, 1);
		ResponseEntity<String> reply = this.shop.post("/simulator/payments/charges", key,
				"{\"orderId\":0,\"amount\":1}");
		assertThat(reply.getStatusCode().is5xxServerError()).isTrue();
		assertThat(this.shop.ledger()).filteredOn("idempotencyKey", key).isEmpty();
	}

	@Test
	void tellsHowItBehaves() {
		this.shop.simulate("payments", 7, 0.25, 0.5);
		assertThat(this.shop.get("/simulator/payments").getBody())
			.isEqualTo("{\"latencyMillis\":7,\"failureRate\":0.25,\"dropReplyRate\":0.5}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"failureRate\":1.1}", "{\"dropReplyRate\":-0.1}", "{\"latencyMillis\":-1}",
			"{\"latencyMillis\":\"slow\"}", "{" })
	void refusesToBehaveInAnImpossibleWay(String json) {
		assertThat(this.shop.put("/simulator/prices", json).getStatusCode().value()).isEqualTo(400);
		assertThat(this.shop.get("/simulator/prices").getBody()).contains("\"latencyMillis\":0", "\"failureRate\":0.0");
	}

	private String exchange(String request) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			socket.setSoTimeout(30_000);
			socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
		}
	}

}
