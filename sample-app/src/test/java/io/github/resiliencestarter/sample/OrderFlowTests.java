package io.github.resiliencestarter.sample;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

import io.github.resiliencestarter.sample.ShopClient.Charge;
import io.github.resiliencestarter.sample.ShopClient.Mail;
import io.github.resiliencestarter.sample.ShopClient.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An order from its placement to the customer's mailbox, over real HTTP and SMTP.
 */
@RunningShop
class OrderFlowTests {

	private final ShopClient shop;

	OrderFlowTests(@LocalServerPort int port) {
		this.shop = new ShopClient(port);
	}

	@AfterEach
	void heal() {
		this.shop.simulate("payments", 0, 0, 0);
	}

	@Test
	void anOrderIsChargedOnceAndConfirmedByOneEmail() {
		ResponseEntity<Order> reply = this.shop.place(UUID.randomUUID().toString(), "book-42", 2, "once@example.org");
		assertThat(reply.getStatusCode()).isEqualTo(HttpStatus.CREATED);
		Order order = reply.getBody();
		assertThat(order).isEqualTo(new Order(order.id(), "book-42", 2, "once@example.org", "PLACED"));
		assertThat(reply.getHeaders().getLocation()).hasToString("/orders/" + order.id());
		awaitStatus(order, "CONFIRMED");
		assertThat(charges(order)).singleElement()
			.satisfies((charge) -> assertThat(charge.amount()).isEqualTo("84.00"));
		assertThat(mails("once@example.org")).singleElement().satisfies((mail) -> {
			assertThat(mail.subject()).contains(Long.toString(order.id()));
			assertThat(mail.messageId()).matches("<.+@.+>");
		});
	}

	@Test
	void aRequestSentTwiceIsOneOrder() {
		String key = UUID.randomUUID().toString();
		ResponseEntity<Order> first = this.shop.place(key, "mug-7", 1, "twice@example.org");
		awaitStatus(first.getBody(), "CONFIRMED");
		ResponseEntity<Order> second = this.shop.place(key, "mug-7", 1, "twice@example.org");
		assertThat(second.getStatusCode()).isEqualTo(HttpStatus.CREATED);
		assertThat(second.getBody()).isEqualTo(first.getBody());
		assertThat(second.getHeaders().getLocation()).isEqualTo(first.getHeaders().getLocation());
		assertThat(second.getHeaders().getFirst("Idempotent-Replayed")).isEqualTo("true");
		assertThat(first.getHeaders().getFirst("Idempotent-Replayed")).isNull();
		assertThat(this.shop.orders()).filteredOn("email", "twice@example.org").hasSize(1);
	}

	@Test
	void aDeclinedPaymentRejectsTheOrderAndSendsNothing() {
		Order order = this.shop.place(UUID.randomUUID().toString(), "lamp-3", 1_000_000, "declined@example.org")
			.getBody();
		awaitStatus(order, "REJECTED");
		assertThat(charges(order)).isEmpty();
		assertThat(mails("declined@example.org")).isEmpty();
	}

	@Test
	void aProviderThatFailsAndLosesItsRepliesStillChargesOnce() {
		this.shop.simulate("payments", 0, 0.3, 0.5);
		List<Order> orders = IntStream.range(0, 20)
			.mapToObj((number) -> this.shop
				.place(UUID.randomUUID().toString(), "mug-7", 1, "flaky" + number + "@example.org")
				.getBody())
			.toList();
		orders.forEach((order) -> awaitStatus(order, "CONFIRMED"));
		assertThat(orders).allSatisfy((order) -> {
			assertThat(charges(order)).hasSize(1);
			assertThat(mails(order.email())).hasSize(1);
		});
	}

	@Test
	void theNewestOrderComesFirst() {
		Order older = this.shop.place(UUID.randomUUID().toString(), "mug-7", 1, "a@example.org").getBody();
		Order newer = this.shop.place(UUID.randomUUID().toString(), "mug-7", 1, "a@example.org").getBody();
		assertThat(this.shop.orders()).extracting(Order::id).startsWith(newer.id(), older.id());
		assertThat(this.shop.get("/orders?limit=1").getBody()).contains("\"id\":" + newer.id())
			.doesNotContain("\"id\":" + older.id());
	}

	private void awaitStatus(Order order, String status) {
		await().atMost(Duration.ofMinutes(5))
			.untilAsserted(() -> assertThat(this.shop.order(order.id()).status()).isEqualTo(status));
	}

	private List<Charge> charges(Order order) {
		return this.shop.ledger().stream().filter((charge) -> charge.orderId() == order.id()).toList();
	}

	private List<Mail> mails(String to) {
		return this.shop.mailbox().stream().filter((mail) -> mail.to().equals(to)).toList();
	}

}
