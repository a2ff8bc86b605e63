package io.github.resiliencestarter.actuate;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.Lifecycle;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.github.resiliencestarter.outbox.Outbox;
import io.github.resiliencestarter.outbox.OutboxHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Why a key waits, asked over real HTTP.
 */
class OutboxKeyEndpointTests {

	private static final HttpClient client = HttpClient.newHttpClient();

	private static ConfigurableApplicationContext application;

	@BeforeAll
	static void start() {
		application = new SpringApplicationBuilder(Application.class).web(WebApplicationType.SERVLET)
			.properties("server.port=0", "spring.datasource.generate-unique-name=true", "spring.main.banner-mode=off",
					"management.endpoints.web.exposure.include=outbox", "resilience.outbox.shards=4",
					"resilience.outbox.poll-interval=50ms", "resilience.outbox.shutdown-timeout=100ms",
					// anything up to a century: no test meets its end
					"resilience.outbox.handlers.failing.initial-backoff=36500d",
					"resilience.outbox.handlers.failing.max-backoff=36500d", "resilience.outbox.lease=1h")
			.run();
	}

	@AfterAll
	static void stop() {
		application.getBean(Handlers.class).released.countDown();
		application.close();
	}

	@Test
	void aKeyWhoseHeadFailedIsBackingOff() throws Exception {
		String head = publish("failed/1", new Failing("first"), Duration.ZERO);
		publish("failed/1", new Failing("second"), Duration.ZERO);
		await().untilAsserted(() -> assertThat(reason("failed/1")).isEqualTo("BACKING_OFF"));
		JsonNode key = key("failed/1");
		assertThat(key.path("key").asString()).isEqualTo("failed/1");
		assertThat(key.path("waiting").asInt()).isEqualTo(2);
		assertThat(key.path("head").path("id").asString()).isEqualTo(head);
		assertThat(key.path("head").path("handler").asString()).isEqualTo("failing");
		assertThat(key.path("head").path("attempts").asInt()).isOne();
		assertThat(key.path("head").path("lastError").asString()).contains("out of ink");
		assertThat(Duration.parse(key.path("head").path("nextAttemptIn").asString())).isPositive();
		assertThat(key.path("explanation").asString()).contains(head);
	}

	@Test
	void aKeyWhoseHeadIsBeingDeliveredIsInFlightAtItsOwner() throws Exception {
		String head = publish("slow", new Slow("first"), Duration.ZERO);
		publish("slow", new Slow("second"), Duration.ZERO);
		await().untilAsserted(() -> assertThat(reason("slow")).isEqualTo("IN_FLIGHT"));
		JsonNode key = key("slow");
		assertThat(key.path("head").path("id").asString()).isEqualTo(head);
		assertThat(key.path("explanation").asString()).contains(key.path("lease").path("owner").asString());
		assertThat(Duration.parse(key.path("lease").path("expiresIn").asString())).isPositive();
	}

	@Test
	void aDelayedHeadAPausedHandlerAndAnUnknownTypeAreNamed() throws Exception {
		publish("delayed", new Failing("later"), Duration.ofHours(1));
		await().untilAsserted(() -> assertThat(reason("delayed")).isEqualTo("DELAYED"));
		assertThat(post("/handlers/paused/pause")).isEqualTo(204);
		publish("paused", new Paused("waits"), Duration.ZERO);
		await().untilAsserted(() -> assertThat(reason("paused")).isEqualTo("HANDLER_PAUSED"));
		publish("unknown", new Paused("of another version"), Duration.ZERO);
		jdbc().sql("UPDATE resilience_outbox SET type = 'other' WHERE msg_key = 'unknown'").update();
		assertThat(reason("unknown")).isEqualTo("NO_HANDLER");
	}

	/**
	 * While this instance's relay stands still, whatever has the lease is another's.
	 */
	@Test
	void aDueHeadWaitsForItsShardsOwnerOrForSomebodyToBecomeIt() throws Exception {
		Lifecycle relay = application.getBean("outboxRelay", Lifecycle.class);
		relay.stop();
		try {
			String head = publish("due", new Quick("waits"), Duration.ZERO);
			JsonNode key = key("due");
			assertThat(key.path("reason").asString()).isEqualTo("NO_OWNER");
			assertThat(key.path("head").path("id").asString()).isEqualTo(head);
			assertThat(key.path("lease").has("owner")).isFalse();
			own("elsewhere", Duration.ofHours(1));
			key = key("due");
			assertThat(key.path("reason").asString()).isEqualTo("DUE");
			assertThat(key.path("explanation").asString()).contains(head, "elsewhere", "quick");
			own("elsewhere", Duration.ofHours(-1));
			assertThat(reason("due")).isEqualTo("NO_OWNER");
		}
		finally {
			relay.start();
		}
		await().untilAsserted(() -> assertThat(reason("due")).isEqualTo("NOTHING_WAITING"));
	}

	private static void own(String owner, Duration forHowLong) {
		jdbc().sql("UPDATE resilience_outbox_lease SET owner = ?, expires_at = ?")
			.params(owner, System.currentTimeMillis() + forHowLong.toMillis())
			.update();
	}

	@Test
	void aKeyWithoutMessagesWaitsForNothing() throws Exception {
		JsonNode key = key("nobody");
		assertThat(key.path("reason").asString()).isEqualTo("NOTHING_WAITING");
		assertThat(key.path("waiting").asInt()).isZero();
		assertThat(key.has("head")).isFalse();
		assertThat(get("/keys").statusCode()).isEqualTo(404);
		assertThat(get("/locks/nobody").statusCode()).isEqualTo(404);
		assertThat(get("/dead").statusCode()).isEqualTo(200);
	}

	private static String publish(String key, Object payload, Duration delay) {
		TransactionTemplate transaction = new TransactionTemplate(
				application.getBean(PlatformTransactionManager.class));
		return transaction
			.execute((status) -> application.getBean(Outbox.class).message(payload).key(key).delay(delay).publish());
	}

	private static JdbcClient jdbc() {
		return application.getBean(JdbcClient.class);
	}

	private static String reason(String key) throws Exception {
		return key(key).path("reason").asString();
	}

	private static JsonNode key(String key) throws Exception {
		HttpResponse<String> response = get("/keys/" + key);
		assertThat(response.statusCode()).isEqualTo(200);
		return JsonMapper.shared().readTree(response.body());
	}

	private static HttpResponse<String> get(String path) throws Exception {
		return client.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofString());
	}

	private static int post(String path) throws Exception {
		return client
			.send(request(path).POST(HttpRequest.BodyPublishers.noBody()).build(),
					HttpResponse.BodyHandlers.discarding())
			.statusCode();
	}

	private static HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://localhost:"
				+ application.getEnvironment().getProperty("local.server.port") + "/actuator/outbox" + path));
	}

	record Failing(String text) {

	}

	record Slow(String text) {

	}

	record Quick(String text) {

	}

	record Paused(String text) {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Handlers.class)
	static class Application {

	}

	static class Handlers {

		final CountDownLatch released = new CountDownLatch(1);

		@OutboxHandler("failing")
		void on(Failing failing) {
			throw new IllegalStateException("out of ink");
		}

		@OutboxHandler(value = "slow", timeout = "10m")
		void on(Slow slow) throws InterruptedException {
			this.released.await();
		}

		@OutboxHandler("quick")
		void on(Quick quick) {
			// delivered
		}

		@OutboxHandler("paused")
		void on(Paused paused) {
			throw new IllegalStateException("the handler is paused");
		}

	}

}
