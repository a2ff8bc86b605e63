package io.github.resiliencestarter.sample;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Pattern;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.ResponseEntity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A synchronous call behind all the call guards.
 */
@RunningShop
class PriceTests {

	private static final Duration PATIENCE = Duration.ofMinutes(1);

	private static final Pattern SOURCE = Pattern.compile(".*\"source\":\"(\\w+)\".*");

	private final ShopClient shop;

	PriceTests(@LocalServerPort int port) {
		this.shop = new ShopClient(port);
	}

	@BeforeEach
	void heal() {
		this.shop.simulate("prices", 0, 0, 0);
		this.shop.post("/actuator/circuitbreakers/prices", null, "{\"state\":\"CLOSED\"}");
		await().atMost(PATIENCE).until(() -> source().equals("live"));
	}

	@Test
	void theListPriceStandsInWhileThePriceServiceIsDownAndTheBreakerOpens() {
		this.shop.simulate("prices", 0, 1, 0);
		await().atMost(PATIENCE).untilAsserted(() -> {
			assertThat(source()).isIn("fallback", "throttled");
			assertThat(this.shop.get("/actuator/circuitbreakers/prices").getBody()).contains("\"state\":\"OPEN\"");
			assertThat(this.shop.price("book-42"))
				.isEqualTo(new ShopClient.Price("book-42", new BigDecimal("42.00"), "fallback"));
			assertThat(this.shop.get("/actuator/circuitbreakers").getBody()).contains("\"prices\":{",
					"\"state\":\"OPEN\"");
		});
		this.shop.simulate("prices", 0, 0, 0);
		await().atMost(PATIENCE).until(() -> source().equals("live"));
	}

	private String source() {
		ResponseEntity<String> reply = this.shop.get("/prices/book-42");
		return (reply.getStatusCode().value() != 429) ? SOURCE.matcher(reply.getBody()).replaceAll("$1") : "throttled";
	}

}
