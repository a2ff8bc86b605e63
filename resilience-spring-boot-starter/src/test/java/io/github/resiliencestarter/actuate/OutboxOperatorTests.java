package io.github.resiliencestarter.actuate;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.github.resiliencestarter.outbox.Outbox;
import io.github.resiliencestarter.outbox.OutboxHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What an operator does about the outbox, over real HTTP, from the dead letter to its
 * delivery.
 */
class OutboxOperatorTests {

	private final HttpClient client = HttpClient.newHttpClient();

	private ConfigurableApplicationContext application;

	private Handlers handlers;

	@BeforeEach
	void start() {
		this.application = new SpringApplicationBuilder(Application.class).web(WebApplicationType.SERVLET)
			.properties("server.port=0", "spring.datasource.generate-unique-name=true", "spring.main.banner-mode=off",
					"management.endpoints.web.exposure.include=outbox", "resilience.outbox.shards=2",
					"resilience.outbox.poll-interval=50ms", "resilience.outbox.lease=1h",
					"resilience.outbox.defaults.max-attempts=1")
			.run();
		this.handlers = this.application.getBean(Handlers.class);
	}

	@AfterEach
	void stop() {
		this.application.close();
	}

	@Test
	void aPausedHandlerGetsNothingUntilItIsResumedAndOthersGoOn() throws Exception {
		this.handlers.broken = false;
		assertThat(send("POST", "/handlers/letters/pause").statusCode()).isEqualTo(204);
		publish(new Letter("first", "k"));
		publish(new Letter("second", null));
		publish(new Parcel("meanwhile"));
		await().until(() -> this.handlers.delivered.contains("meanwhile"));
		// a second one by the store's way, behind the paused
		publish(new Parcel("later"));
		await().until(() -> this.handlers.delivered.contains("later"));
		assertThat(this.handlers.delivered).containsExactly("meanwhile", "later");
		// those who are delivered count until that is on record
		await().untilAsserted(() -> assertThat(read("").path("pending").asInt()).isEqualTo(2));
		assertThat(send("POST", "/handlers/letters/resume").statusCode()).isEqualTo(204);
		await().until(() -> this.handlers.delivered.size() == 4);
		assertThat(this.handlers.delivered).contains("first", "second");
	}

	@Test
	void deadLettersAreListedFilteredRedeliveredAndDiscarded() throws Exception {
		String first = publish(new Letter("a", null));
		publish(new Letter("b", null));
		String parcel = publish(new Parcel("c"));
		await().until(() -> read("/dead").size() == 3);
		assertThat(read("/dead?handler=letters")).hasSize(2);
		assertThat(read("/dead?limit=1")).hasSize(1);
		assertThat(read("/dead?handler=nobody")).isEmpty();
		this.handlers.broken = false;
		assertThat(send("POST", "/dead/" + first).statusCode()).isEqualTo(204);
		await().until(() -> this.handlers.delivered.equals(List.of("a")));
		assertThat(send("POST", "/dead/" + first).statusCode()).isEqualTo(404);
		assertThat(send("DELETE", "/dead/" + parcel).statusCode()).isEqualTo(204);
		assertThat(send("DELETE", "/dead/" + parcel).statusCode()).isEqualTo(404);
		HttpResponse<String> redelivered = send("POST", "/handlers/letters/redeliver");
		assertThat(redelivered.statusCode()).isEqualTo(200);
		assertThat(JsonMapper.shared().readTree(redelivered.body()).path("redelivered").asInt()).isOne();
		await().until(() -> this.handlers.delivered.equals(List.of("a", "b")));
		await().until(() -> read("").path("dead").asInt() == 0 && read("").path("pending").asInt() == 0);
	}

	@Test
	void allDeadLettersAreRedeliveredAtOnceWithTheirAttemptsBeforeThem() throws Exception {
		publish(new Letter("a", "k"));
		publish(new Parcel("b"));
		await().until(() -> read("/dead").size() == 2);
		// still broken: they die again, of one attempt
		assertThat(send("POST", "/dead").body()).contains("2");
		await().until(() -> read("").at("/handlers/letters/dead").asInt() == 2 && read("/dead").size() == 2);
		assertThat(read("/dead").get(0).path("attempts").asInt()).isOne();
		this.handlers.broken = false;
		assertThat(send("POST", "/dead").body()).contains("2");
		await().until(() -> this.handlers.delivered.size() == 2);
		await().until(() -> read("/dead").isEmpty());
	}

	private String publish(Object payload) {
		Outbox outbox = this.application.getBean(Outbox.class);
		return new TransactionTemplate(this.application.getBean(PlatformTransactionManager.class)).execute((status) -> {
			Outbox.Draft draft = outbox.message(payload);
			return ((payload instanceof Letter letter && letter.key() != null) ? draft.key(letter.key()) : draft)
				.publish();
		});
	}

	private JsonNode read(String path) throws Exception {
		return JsonMapper.shared().readTree(send("GET", path).body());
	}

	private HttpResponse<String> send(String method, String path) throws Exception {
		String port = this.application.getEnvironment().getRequiredProperty("local.server.port");
		return this.client
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/outbox" + path))
				.method(method, HttpRequest.BodyPublishers.noBody())
				.build(), HttpResponse.BodyHandlers.ofString());
	}

	record Letter(String to, String key) {

	}

	record Parcel(String to) {

	}

	static class Handlers {

		private final List<String> delivered = new CopyOnWriteArrayList<>();

		private volatile boolean broken = true;

		@OutboxHandler("letters")
		void send(Letter letter) {
			deliver(letter.to());
		}

		@OutboxHandler("parcels")
		void send(Parcel parcel) {
			deliver(parcel.to());
		}

		private void deliver(String to) {
			if (this.broken) {
				throw new IllegalStateException("on strike");
			}
			this.delivered.add(to);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Handlers.class)
	static class Application {

	}

}
