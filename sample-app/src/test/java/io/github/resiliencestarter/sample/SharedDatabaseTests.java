package io.github.resiliencestarter.sample;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.http.ResponseEntity;

import io.github.resiliencestarter.jdbc.TestDatabase;
import io.github.resiliencestarter.sample.ShopClient.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Two processes that start at once on one empty database, on each kind of server.
 */
class SharedDatabaseTests {

	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void instancesThatStartAtOnceShareTheWork(TestDatabase server) {
		Map<String, String> environment = Map.of("SPRING_DATASOURCE_URL", server.createDatabase(),
				"SPRING_DATASOURCE_USERNAME", server.username(), "SPRING_DATASOURCE_PASSWORD", server.password(),
				// nobody dies here: who is only slow keeps what it has
				"RESILIENCE_OUTBOX_LEASE", "1h");
		try (ShopProcess first = ShopProcess.start(environment); ShopProcess second = ShopProcess.start(environment)) {
			ShopClient here = first.client();
			ShopClient there = second.client();
			String key = UUID.randomUUID().toString();
			ResponseEntity<Order> placed = here.place(key, "book-42", 1, "a@example.org");
			ResponseEntity<Order> repeated = there.place(key, "book-42", 1, "a@example.org");
			assertThat(repeated.getBody()).isEqualTo(placed.getBody());
			assertThat(repeated.getHeaders().getFirst("Idempotent-Replayed")).isEqualTo("true");
			await().atMost(Duration.ofMinutes(5))
				.until(() -> there.order(placed.getBody().id()).status().equals("CONFIRMED"));
			assertThat(here.orders()).isEqualTo(there.orders()).hasSize(1);
			assertThat(here.ledger().size() + there.ledger().size()).isEqualTo(1);
			assertThat(here.mailbox().size() + there.mailbox().size()).isEqualTo(1);
		}
	}

}
