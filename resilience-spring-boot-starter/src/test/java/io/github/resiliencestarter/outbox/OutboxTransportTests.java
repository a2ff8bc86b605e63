package io.github.resiliencestarter.outbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.resiliencestarter.Patience;
import io.github.resiliencestarter.jdbc.TestDatabase;
import jakarta.mail.SendFailedException;
import jakarta.mail.internet.MimeMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.mail.MailSendException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Tests of the e-mails and webhooks that can be published as they are.
 */
class OutboxTransportTests {

	private static final String SECRET = "whsec_" + Base64.getEncoder().encodeToString("0123456789".getBytes());

	@Test
	void anEmailArrivesOnceWithAMessageIdThatDerivesFromTheMessage() throws Exception {
		ServerSetup smtp = ServerSetup.SMTP.dynamicPort();
		smtp.setServerStartupTimeout(Patience.LIMIT.toMillis());
		GreenMail mail = new GreenMail(smtp);
		mail.start();
		try (OutboxApplication app = start("spring.mail.host=127.0.0.1", "spring.mail.port=" + mail.getSmtp().getPort(),
				"resilience.outbox.email.from=Shop <shop@example.org>")) {
			String id = app.transaction()
				.execute((status) -> app.outbox()
					.publish(Email.to("a@example.org")
						.subject("Grüße")
						.text("plain")
						.html("<b>rich</b>")
						.replyTo("help@example.org")
						.build()));
			assertThat(mail.waitForIncomingEmail(Patience.LIMIT.toMillis(), 1)).isTrue();
			MimeMessage received = mail.getReceivedMessages()[0];
			assertThat(received.getMessageID()).isEqualTo("<" + id + "@example.org>");
			assertThat(received.getSubject()).isEqualTo("Grüße");
			assertThat(received.getFrom()[0]).hasToString("Shop <shop@example.org>");
			await().untilAsserted(() -> assertThat(app.figures().pending()).isZero());
			assertThat(mail.getReceivedMessages()).hasSize(1);
		}
		finally {
			mail.stop();
		}
	}

	@Test
	void anAddressThatIsNoneIsDeadAtOnce() {
		try (OutboxApplication app = start("spring.mail.host=127.0.0.1", "spring.mail.port=1")) {
			app.inTransaction(() -> app.outbox().publish(Email.to("no address").subject("s").text("t").build()));
			await().untilAsserted(() -> assertThat(app.bean(OutboxOperations.class).dead("email", 1)).singleElement()
				.matches((dead) -> dead.attempts() == 1));
		}
	}

	@ParameterizedTest
	@CsvSource({ "550 5.1.1 unknown user, true", "451 4.3.0 try again, false", "no reply at all, false" })
	void onlyAPermanentReplyOfTheMailServerIsFinal(String reply, boolean permanent) {
		MailSendException failure = new MailSendException(
				Map.of(new Object(), new SendFailedException("Invalid Addresses", new SendFailedException(reply))));
		SmtpReply found = SmtpReply.of(failure);
		assertThat(found != null && found.isPermanent()).isEqualTo(permanent);
	}

	@Test
	void aRefusedRecipientDoesNotHideOneThatMayYetBeServed() {
		SendFailedException failure = new SendFailedException("550 unknown user");
		failure.setNextException(new SendFailedException("451 try again"));
		assertThat(SmtpReply.of(failure)).isEqualTo(new SmtpReply(451, "451 try again"));
	}

	@Test
	void aWebhookIsSignedAndKeepsItsIdempotencyKeyUntilItIsAccepted() throws Exception {
		try (Receiver receiver = new Receiver(503, 200);
				OutboxApplication app = start("resilience.outbox.webhook.secrets.default=" + SECRET)) {
			String id = app.transaction()
				.execute((status) -> app.outbox()
					.publish(Webhook.post(receiver.uri())
						.json(Map.of("order", 7, "items", List.of("ä")))
						.header("X-Tenant", "t")
						.build()));
			Request first = receiver.next();
			Request second = receiver.next();
			for (Request request : List.of(first, second)) {
				assertThat(request.body()).isIn("{\"order\":7,\"items\":[\"ä\"]}", "{\"items\":[\"ä\"],\"order\":7}");
				assertThat(request.headers().getFirst("Idempotency-Key")).isEqualTo(id);
				assertThat(request.headers().getFirst("webhook-id")).isEqualTo(id);
				assertThat(request.headers().getFirst("X-Tenant")).isEqualTo("t");
				assertThat(request.headers().getFirst("Content-Type")).startsWith("application/json");
				long time = Long.parseLong(request.headers().getFirst("webhook-timestamp"));
				assertThat(request.headers().getFirst("webhook-signature")).isEqualTo(
						new WebhookSignature(SECRET).sign(id, time, request.body().getBytes(StandardCharsets.UTF_8)));
			}
		}
	}

	@Test
	void theSignatureIsTheOneOfStandardWebhooks() {
		assertThat(new WebhookSignature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").sign("msg_p5jXN8AQM9LWM0D4loKWxJek",
				1614265330, "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)))
			.isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
	}

	@Test
	void aWebhookThatIsRefusedForGoodIsDeadAtOnce() throws Exception {
		try (Receiver receiver = new Receiver(410); OutboxApplication app = start()) {
			app.inTransaction(() -> app.outbox().publish(Webhook.post(receiver.uri()).build()));
			await().untilAsserted(() -> assertThat(app.bean(OutboxOperations.class).dead("webhook", 1)).singleElement()
				.satisfies((dead) -> {
					assertThat(dead.attempts()).isOne();
					assertThat(dead.lastError()).contains("answered 410");
				}));
		}
	}

	@Test
	void aReceiverThatAsksForTimeGetsIt() {
		Instant now = Instant.parse("2026-01-01T00:00:00Z");
		assertThat(new WebhookReply(429, "7").wait(now)).isEqualTo(Duration.ofSeconds(7));
		assertThat(new WebhookReply(503, "Thu, 01 Jan 2026 00:01:00 GMT").wait(now)).isEqualTo(Duration.ofMinutes(1));
		assertThat(new WebhookReply(503, "Wed, 31 Dec 2025 00:00:00 GMT").wait(now)).isNull();
		assertThat(new WebhookReply(503, "soon").wait(now)).isNull();
		assertThat(new WebhookReply(429, null).isPermanent()).isFalse();
		assertThat(new WebhookReply(422, null).isPermanent()).isTrue();
	}

	@Test
	void aWebhookNeedsAnAbsoluteUri() {
		assertThatIllegalArgumentException().isThrownBy(() -> Webhook.post(URI.create("/hook")).build());
	}

	private static OutboxApplication start(String... properties) {
		return OutboxApplication.start(TestDatabase.H2, TestDatabase.H2.createDatabase(), Object.class, properties);
	}

	private record Request(Headers headers, String body) {

	}

	private static final class Receiver implements AutoCloseable {

		private final HttpServer server;

		private final Deque<Integer> replies = new ConcurrentLinkedDeque<>();

		private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();

		private Receiver(Integer... replies) throws IOException {
			this.replies.addAll(List.of(replies));
			this.server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
			this.server.createContext("/hook", this::receive);
			this.server.start();
		}

		private URI uri() {
			return URI.create("http://127.0.0.1:" + this.server.getAddress().getPort() + "/hook");
		}

		private void receive(HttpExchange exchange) {
			try (exchange) {
				String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
				this.requests.add(new Request(exchange.getRequestHeaders(), body));
				exchange.sendResponseHeaders((this.replies.size() > 1) ? this.replies.remove() : this.replies.peek(),
						-1);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		private Request next() throws InterruptedException {
			Request request = this.requests.poll(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
			assertThat(request).isNotNull();
			return request;
		}

		@Override
		public void close() {
			this.server.stop(0);
		}

	}

}
