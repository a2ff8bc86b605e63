package io.github.resiliencestarter.broker;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.resiliencestarter.Patience;
import io.github.resiliencestarter.idempotency.IdempotencyKeyMissingException;
import io.github.resiliencestarter.idempotency.Idempotent;
import io.github.resiliencestarter.jdbc.TestDatabase;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.annotation.EnableKafka;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.kafka.listener.RecordInterceptor;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.util.backoff.FixedBackOff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@code @Idempotent} on a listener, with records of a real Kafka broker, on
 * every database.
 */
class IdempotentKafkaListenerTests {

	@ParameterizedTest
	@EnumSource
	void whateverComesAgainHasItsEffectOnce(TestDatabase server) throws Exception {
		String topic = TestKafka.createTopic();
		try (ConfigurableApplicationContext application = start(server, topic)) {
			Deliveries deliveries = application.getBean(Deliveries.class);
			send(application, topic, "payment-1", "10 EUR");
			assertThat(deliveries.next()).as("the listener throws").isEqualTo("10 EUR: IllegalStateException");
			assertThat(deliveries.next()).as("the record comes again").isEqualTo("10 EUR");
			send(application, topic, "payment-1", "10 EUR");
			assertThat(deliveries.next()).as("another record of the same payment").isEqualTo("10 EUR");
			send(application, topic, null, "nobody's");
			assertThat(deliveries.next()).isEqualTo("nobody's: IdempotencyKeyMissingException");
			send(application, topic, "payment-2", "20 EUR");
			assertThat(deliveries.next()).isEqualTo("20 EUR");
			readAgainFromTheBeginning(application, topic);
			assertThat(deliveries.next()).isEqualTo("10 EUR");
			assertThat(deliveries.next()).isEqualTo("10 EUR");
			assertThat(deliveries.next()).isEqualTo("nobody's: IdempotencyKeyMissingException");
			assertThat(deliveries.next()).isEqualTo("20 EUR");
			assertThat(application.getBean(Payments.class).runs()).isEqualTo(3);
			assertThat(application.getBean(JdbcClient.class)
				.sql("SELECT amount FROM payments ORDER BY amount")
				.query(String.class)
				.list()).containsExactly("10 EUR", "20 EUR");
		}
	}

	private static void send(ConfigurableApplicationContext application, String topic, String payment, String amount)
			throws Exception {
		ProducerRecord<Object, Object> record = new ProducerRecord<>(topic, amount);
		if (payment != null) {
			record.headers().add("payment-id", payment.getBytes(StandardCharsets.UTF_8));
		}
		KafkaTemplate<Object, Object> template = template(application);
		template.send(record).get(1, TimeUnit.MINUTES);
	}

	@SuppressWarnings("unchecked")
	private static KafkaTemplate<Object, Object> template(ConfigurableApplicationContext application) {
		return application.getBean(KafkaTemplate.class);
	}

	private static void readAgainFromTheBeginning(ConfigurableApplicationContext application, String topic)
			throws Exception {
		MessageListenerContainer container = application.getBean(KafkaListenerEndpointRegistry.class)
			.getListenerContainer("payments");
		container.stop();
		try (Admin admin = Admin.create(Map.of("bootstrap.servers", TestKafka.bootstrapServers()))) {
			// not before the broker knows that the listener has left
			await().ignoreExceptions()
				.untilAsserted(() -> admin
					.alterConsumerGroupOffsets("payments-" + topic,
							Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(0)))
					.all()
					.get(1, TimeUnit.MINUTES));
		}
		container.start();
	}

	private static ConfigurableApplicationContext start(TestDatabase server, String topic) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.properties("spring.datasource.url=" + server.createDatabase(),
					"spring.datasource.username=" + server.username(),
					"spring.datasource.password=" + server.password(), "resilience.jdbc.initialize-schema=always",
					"spring.main.banner-mode=off", "spring.kafka.bootstrap-servers=" + TestKafka.bootstrapServers(),
					"spring.kafka.consumer.auto-offset-reset=earliest", "topic=" + topic)
			.run();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableKafka
	@Import({ Payments.class, Deliveries.class })
	static class Application {

		@Bean
		DefaultErrorHandler errorHandler() {
			DefaultErrorHandler handler = new DefaultErrorHandler((record, failure) -> {
				// and on to the next record
			}, new FixedBackOff(0, 1));
			handler.addNotRetryableExceptions(IdempotencyKeyMissingException.class);
			return handler;
		}

	}

	static class Payments {

		private final JdbcClient jdbc;

		private final AtomicInteger runs = new AtomicInteger();

		Payments(JdbcClient jdbc) {
			this.jdbc = jdbc;
			jdbc.sql("CREATE TABLE payments (amount VARCHAR(100) NOT NULL)").update();
		}

		@KafkaListener(id = "payments", groupId = "payments-${topic}", topics = "${topic}")
		@Idempotent(key = "#headers['payment-id']")
		public void charge(String amount, @Headers Map<String, Object> headers) {
			this.jdbc.sql("INSERT INTO payments (amount) VALUES (?)").param(amount).update();
			if (this.runs.incrementAndGet() == 1) {
				throw new IllegalStateException("The first attempt fails");
			}
		}

		int runs() {
			return this.runs.get();
		}

	}

	/**
	 * What came of every record that the broker delivered.
	 */
	static class Deliveries implements RecordInterceptor<Object, Object> {

		private final BlockingQueue<String> outcomes = new LinkedBlockingQueue<>();

		String next() throws InterruptedException {
			String outcome = this.outcomes.poll(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
			assertThat(outcome).as("the next delivery").isNotNull();
			return outcome;
		}

		@Override
		public ConsumerRecord<Object, Object> intercept(ConsumerRecord<Object, Object> record,
				Consumer<Object, Object> consumer) {
			return record;
		}

		@Override
		public void success(ConsumerRecord<Object, Object> record, Consumer<Object, Object> consumer) {
			this.outcomes.add(String.valueOf(record.value()));
		}

		@Override
		public void failure(ConsumerRecord<Object, Object> record, Exception failure,
				Consumer<Object, Object> consumer) {
			this.outcomes.add(record.value() + ": "
					+ NestedExceptionUtils.getMostSpecificCause(failure).getClass().getSimpleName());
		}

	}

}
