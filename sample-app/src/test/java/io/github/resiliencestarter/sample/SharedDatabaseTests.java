package io.github.resiliencestarter.sample;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.ResponseEntity;

import io.github.resiliencestarter.jdbc.TestDatabase;
import io.github.resiliencestarter.sample.ShopClient.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Two instances that start at once on one empty database, on each kind of server.
 */
class SharedDatabaseTests {

	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void instancesThatStartAtOnceShareTheWork(TestDatabase server) {
		String url = server.createDatabase();
		List<CompletableFuture<ConfigurableApplicationContext>> starting = IntStream.range(0, 2)
			.mapToObj((instance) -> CompletableFuture.supplyAsync(() -> start(server, url)))
			.toList();
		try (ConfigurableApplicationContext first = starting.get(0).join();
				ConfigurableApplicationContext second = starting.get(1).join()) {
			ShopClient here = client(first);
			ShopClient there = client(second);
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

	private static ConfigurableApplicationContext start(TestDatabase server, String url) {
		return new SpringApplicationBuilder(SampleApplication.class).run("--server.port=0",
				"--spring.datasource.url=" + url, "--spring.datasource.username=" + server.username(),
				"--spring.datasource.password=" + server.password());
	}

	private static ShopClient client(ConfigurableApplicationContext instance) {
		return new ShopClient(instance.getEnvironment().getRequiredProperty("local.server.port", int.class));
	}

}
