package io.github.resiliencestarter.outbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of what mail servers and receivers of webhooks answer, with servers that answer
 * so.
 */
class TransportFailureTests {

	private static final byte[] SECRET = "a secret of the receiver".getBytes(StandardCharsets.UTF_8);

	@ParameterizedTest
	@ValueSource(strings = { "RCPT", "DATA" })
	void aMailServerThatAsksToTryAgainGetsTheSameMessageIdAgain(String command) throws Exception {
		try (MailServer server = new MailServer(command, "451 4.3.0 try again", 2);
				OutboxApplication app = start("spring.mail.host=127.0.0.1", "spring.mail.port=" + server.port())) {
			String id = publish(app);
			await().until(() -> delivered(app, "email").delivered() == 1);
			assertThat(delivered(app, "email").retried()).isEqualTo(2);
			assertThat(server.messageIds).hasSizeBetween(1, 3).containsOnly("<" + id + "@example.org>");
			assertThat(server.refused).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "RCPT", "DATA" })
	void whatAMailServerRefusesForGoodIsDeadAtOnce(String command) throws Exception {
		try (MailServer server = new MailServer(command, "550 5.1.1 no such user", Integer.MAX_VALUE);
				OutboxApplication app = start("spring.mail.host=127.0.0.1", "spring.mail.port=" + server.port())) {
			String id = publish(app);
			await().untilAsserted(() -> assertThat(app.bean(OutboxOperations.class).dead("email", 10)).singleElement()
				.satisfies((dead) -> {
					assertThat(dead.id()).isEqualTo(id);
					assertThat(dead.attempts()).isOne();
					assertThat(dead.lastError()).contains("550");
				}));
			assertThat(server.refused).isOne();
		}
	}

	@Test
	void aWebhookWaitsAsLongAsItsReceiverSaysAndUsesNoAttempt() throws Exception {
		List<String> ids = new CopyOnWriteArrayList<>();
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/", (exchange) -> receive(exchange, ids));
		server.start();
		try (OutboxApplication app = start("resilience.outbox.handlers.webhook.max-attempts=1",
				"resilience.outbox.webhook.secrets.default=whsec_" + Base64.getEncoder().encodeToString(SECRET))) {
			URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook");
			String id = app.transaction()
				.execute((status) -> app.outbox().publish(Webhook.post(uri).json(Map.of("event", "paid")).build()));
			await().until(() -> app.figures().scheduled() == 1);
			assertThat(app.jdbc()
				.sql("SELECT due - published_at FROM resilience_outbox_later WHERE attempts = 0")
				.query(Long.class)
				.single()).isBetween(3_600_000L, 7_200_000L);
			app.jdbc().sql("UPDATE resilience_outbox_later SET due = 0").update();
			await().until(() -> delivered(app, "webhook").delivered() == 1);
			assertThat(ids).containsExactly(id, id);
		}
		finally {
			server.stop(0);
		}
	}

	/**
	 * Answers 503 once, and accepts only what a receiver by the book finds genuine.
	 */
	private static void receive(HttpExchange exchange, List<String> ids) throws IOException {
		try (exchange) {
			byte[] body = exchange.getRequestBody().readAllBytes();
			String id = exchange.getRequestHeaders().getFirst("webhook-id");
			String signed = id + "." + exchange.getRequestHeaders().getFirst("webhook-timestamp") + "."
					+ new String(body, StandardCharsets.UTF_8);
			byte[] given = Base64.getDecoder()
				.decode(exchange.getRequestHeaders().getFirst("webhook-signature").substring("v1,".length()));
			boolean genuine = MessageDigest.isEqual(hmac(signed), given)
					&& id.equals(exchange.getRequestHeaders().getFirst("Idempotency-Key"));
			ids.add(id);
			exchange.getResponseHeaders().add("Retry-After", "3600");
			exchange.sendResponseHeaders(!genuine ? 401 : (ids.size() == 1) ? 503 : 204, -1);
		}
	}

	private static byte[] hmac(String text) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
			return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String publish(OutboxApplication app) {
		return app.transaction()
			.execute((status) -> app.outbox()
				.publish(Email.to("ann@example.org")
					.from("shop@example.org")
					.subject("Order")
					.text("Thank you")
					.build()));
	}

	private static HandlerCounts delivered(OutboxApplication app, String handler) {
		return app.bean(OutboxOperations.class).handlers().get(handler);
	}

	private static OutboxApplication start(String... properties) {
		return OutboxApplication.start(TestDatabase.H2, TestDatabase.H2.createDatabase(), Object.class, properties);
	}

	/**
	 * Speaks just enough SMTP to refuse a recipient, or a mail after it has been sent.
	 */
	private static final class MailServer implements AutoCloseable {

		private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

		private final List<String> messageIds = new CopyOnWriteArrayList<>();

		private final String command;

		private final String refusal;

		private int refusals;

		private volatile int refused;

		private MailServer(String command, String refusal, int refusals) throws IOException {
			this.command = command;
			this.refusal = refusal;
			this.refusals = refusals;
			Thread thread = new Thread(this::serve, "mail-server");
			thread.setDaemon(true);
			thread.start();
		}

		private int port() {
			return this.socket.getLocalPort();
		}

		private void serve() {
			while (!this.socket.isClosed()) {
				try (Socket client = this.socket.accept()) {
					talk(client);
				}
				catch (IOException ex) {
					// the client has gone, or the test is over
				}
			}
		}

		private void talk(Socket client) throws IOException {
			BufferedReader in = new BufferedReader(
					new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
			say(client, "220 test");
			for (String line = in.readLine(); line != null; line = in.readLine()) {
				if (line.startsWith("DATA")) {
					say(client, "354 go on");
					read(in);
					say(client, answer("DATA"));
				}
				else if (line.startsWith("QUIT")) {
					say(client, "221 bye");
				}
				else {
					say(client, line.startsWith("RCPT") ? answer("RCPT") : "250 ok");
				}
			}
		}

		private void read(BufferedReader in) throws IOException {
			for (String line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
				if (line.startsWith("Message-ID: ")) {
					this.messageIds.add(line.substring("Message-ID: ".length()).trim());
				}
			}
		}

		private String answer(String to) {
			if (!this.command.equals(to) || this.refusals == 0) {
				return "250 ok";
			}
			this.refusals--;
			this.refused++;
			return this.refusal;
		}

		private static void say(Socket client, String line) throws IOException {
			OutputStream out = client.getOutputStream();
			out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
			out.flush();
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

}
