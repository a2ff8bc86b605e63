package io.github.resiliencestarter.sample;

import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A throttle that is set so low by properties that nobody has to hurry to meet it.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = "resilience.throttle.instances.prices.rate=2/1h")
class ThrottledPriceTests {

	private final ShopClient shop;

	ThrottledPriceTests(@LocalServerPort int port) {
		this.shop = new ShopClient(port);
	}

	@Test
	void whoeverAsksTooOftenIsToldSoAndGetsNoFallback() {
		ResponseEntity<String> reply = this.shop.get("/prices/mug-7");
		for (int time = 0; time < 2 && reply.getStatusCode().is2xxSuccessful(); time++) {
			reply = this.shop.get("/prices/mug-7");
		}
		assertThat(reply.getStatusCode()).isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
		assertThat(reply.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
		assertThat(reply.getHeaders().getFirst("Retry-After")).matches("\\d+");
		assertThat(reply.getHeaders().getFirst("RateLimit-Policy")).isEqualTo("\"prices\";q=2;w=3600");
		assertThat(reply.getHeaders().getFirst("RateLimit")).startsWith("\"prices\";r=0;t=");
		assertThat(reply.getBody()).contains("urn:resilience:throttled");
	}

}
