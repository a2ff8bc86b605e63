package io.github.resiliencestarter.sample;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.icegreen.greenmail.util.GreenMail;
import org.junit.jupiter.api.Test;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClientException;

import io.github.resiliencestarter.jdbc.TestDatabase;
import io.github.resiliencestarter.sample.ShopClient.Charge;
import io.github.resiliencestarter.sample.ShopClient.Mail;
import io.github.resiliencestarter.sample.ShopClient.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Two processes share a PostgreSQL; one of them dies by SIGKILL in the middle of its
 * work. A third instance, in this JVM, plays the payment provider and the mail server.
 */
class KilledInstanceTests {

	private static final int ORDERS = 60;

	/** Far longer than anything takes here, also on a slow machine. */
	private static final Duration PATIENCE = Duration.ofMinutes(5);

	@Test
	void everyCommittedOrderIsChargedOnceAndConfirmedThoughAnInstanceIsKilled() throws InterruptedException {
		try (ConfigurableApplicationContext outside = startOutsideWorld()) {
			ShopClient world = new ShopClient(
					outside.getEnvironment().getRequiredProperty("local.server.port", int.class));
			world.simulate("payments", 100, 0.1, 0.1);
			Map<String, String> environment = environment(outside);
			try (ShopProcess survivor = ShopProcess.start(environment);
					ShopProcess victim = ShopProcess.start(environment)) {
				placeOrdersWhileOneIsKilled(survivor, victim);
				assertEveryOrderIsChargedOnceAndConfirmed(survivor.client(), world);
			}
		}
	}

	private static void placeOrdersWhileOneIsKilled(ShopProcess survivor, ShopProcess victim)
			throws InterruptedException {
		ShopClient first = victim.client();
		ShopClient second = survivor.client();
		ExecutorService customers = Executors.newFixedThreadPool(4);
		for (int number = 0; number < ORDERS; number++) {
			String customer = "customer" + number + "@example.org";
			customers.submit(() -> placeUntilAnswered(customer, first, second));
		}
		await().atMost(PATIENCE).until(() -> second.orders().size() >= ORDERS / 3);
		victim.kill();
		customers.shutdown();
		await().atMost(PATIENCE).until(customers::isTerminated);
	}

	/**
	 * Send an order as a careful customer does: with one key, here the customer's own
	 * address, until there is a whole answer.
	 */
	private static void placeUntilAnswered(String customer, ShopClient first, ShopClient second) {
		if (!isAnswered(customer, first)) {
			await().atMost(PATIENCE).until(() -> isAnswered(customer, second));
		}
	}

	private static boolean isAnswered(String customer, ShopClient shop) {
		try {
			ResponseEntity<Order> reply = shop.place(customer, "mug-7", 1, customer);
			return reply.getStatusCode().is2xxSuccessful();
		}
		catch (RestClientException ex) {
			return false;
		}
	}

	private static void assertEveryOrderIsChargedOnceAndConfirmed(ShopClient survivor, ShopClient world) {
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(survivor.orders()).extracting(Order::status).containsOnly("CONFIRMED"));
		List<Order> orders = survivor.orders();
		assertThat(orders).extracting(Order::email)
			.containsExactlyInAnyOrderElementsOf(
					IntStream.range(0, ORDERS).mapToObj((number) -> "customer" + number + "@example.org").toList());
		assertThat(world.ledger()).extracting(Charge::orderId)
			.containsExactlyInAnyOrderElementsOf(orders.stream().map(Order::id).toList());
		Map<String, Set<String>> messageIds = world.mailbox()
			.stream()
			.collect(Collectors.groupingBy(Mail::to, Collectors.mapping(Mail::messageId, Collectors.toSet())));
		assertThat(messageIds).hasSize(ORDERS).allSatisfy((to, ids) -> assertThat(ids).hasSize(1));
		assertThat(survivor.mailbox()).extracting(Mail::messageId)
			.containsExactlyInAnyOrderElementsOf(
					messageIds.values().stream().map((ids) -> ids.iterator().next()).toList());
	}

	private static ConfigurableApplicationContext startOutsideWorld() {
		return new SpringApplicationBuilder(SampleApplication.class).run("--server.port=0");
	}

	private static Map<String, String> environment(ConfigurableApplicationContext outside) {
		TestDatabase postgres = TestDatabase.POSTGRESQL;
		return Map.of("SPRING_DATASOURCE_URL", postgres.createDatabase(), "SPRING_DATASOURCE_USERNAME",
				postgres.username(), "SPRING_DATASOURCE_PASSWORD", postgres.password(), "DOWNSTREAM_BASE_URL",
				"http://localhost:" + outside.getEnvironment().getRequiredProperty("local.server.port"),
				"SPRING_MAIL_HOST", "localhost", "SPRING_MAIL_PORT",
				Integer.toString(outside.getBean(GreenMail.class).getSmtp().getPort()));
	}

}
