package io.github.resiliencestarter.outbox;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.github.resiliencestarter.Wire;
import io.github.resiliencestarter.broker.TestAmqpBroker;
import io.github.resiliencestarter.broker.TestKafka;
import io.github.resiliencestarter.jdbc.TestDatabase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory.ConfirmType;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.connection.CorrelationData.Confirm;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of the handlers that {@code docs/transports.md} shows, with real brokers that are
 * down at first.
 */
class BrokerHandlerTests {

	private static final int EVENTS = 6;

	@Test
	void kafkaGetsEveryEventOnceItIsThereInOrderWithKeyAndId() throws Exception {
		String topic = TestKafka.createTopic();
		try (Wire wire = new Wire("//" + TestKafka.bootstrapServers())) {
			wire.cut();
			try (OutboxApplication app = start(KafkaEvents.class, "kafka=" + wire.url().substring(2),
					"topic=" + topic)) {
				List<String> ids = publish(app);
				awaitRetries(app);
				wire.repair();
				Map<String, ConsumerRecord<String, String>> received = consume(topic);
				assertThat(received.keySet()).containsExactlyElementsOf(ids);
				assertThat(received.values()).allMatch((record) -> record.key().equals("order-7"))
					.extracting(ConsumerRecord::value)
					.containsExactly("0", "1", "2", "3", "4", "5");
				await().until(() -> app.figures().pending() + app.figures().scheduled() == 0);
				assertThat(app.figures().dead()).isZero();
			}
		}
	}

	@Test
	void rabbitGetsEveryEventOnceItIsThereInOrderWithItsId() throws Exception {
		try (TestAmqpBroker broker = new TestAmqpBroker();
				OutboxApplication app = start(RabbitEvents.class, "rabbit=" + broker.port())) {
			List<String> ids = publish(app);
			awaitRetries(app);
			broker.start();
			// without a queue for it the broker returns the message, and it is not lost
			await().until(() -> app.jdbc()
				.sql("SELECT last_error FROM resilience_outbox_later")
				.query(String.class)
				.list()
				.toString()
				.contains("The broker"));
			CachingConnectionFactory connections = app.bean(CachingConnectionFactory.class);
			new RabbitAdmin(connections).declareQueue(new Queue("orders", false));
			RabbitTemplate template = new RabbitTemplate(connections);
			Map<String, String> received = new LinkedHashMap<>();
			await().until(() -> {
				Message message = template.receive("orders");
				if (message != null) {
					received.put(message.getMessageProperties().getMessageId(),
							new String(message.getBody(), StandardCharsets.UTF_8));
				}
				return received.size() == EVENTS;
			});
			assertThat(received.keySet()).containsExactlyElementsOf(ids);
			assertThat(received.values()).containsExactly("0", "1", "2", "3", "4", "5");
			await().until(() -> app.figures().pending() + app.figures().scheduled() == 0);
			assertThat(app.figures().dead()).isZero();
		}
	}

	private static List<String> publish(OutboxApplication app) {
		return app.transaction()
			.execute((status) -> IntStream.range(0, EVENTS)
				.mapToObj((number) -> app.outbox()
					.message(new OrderPlaced(Integer.toString(number)))
					.key("order-7")
					.publish())
				.toList());
	}

	private static void awaitRetries(OutboxApplication app) {
		await().until(() -> counts(app).retried() > 0);
		assertThat(counts(app).delivered()).isZero();
	}

	private static HandlerCounts counts(OutboxApplication app) {
		return app.bean(OutboxOperations.class).handlers().get("order-events");
	}

	/**
	 * Read until all are there; what came twice counts at its first place.
	 */
	private static Map<String, ConsumerRecord<String, String>> consume(String topic) {
		Map<String, Object> settings = Map.of("bootstrap.servers", TestKafka.bootstrapServers(), "group.id", topic,
				"auto.offset.reset", "earliest");
		try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings, new StringDeserializer(),
				new StringDeserializer())) {
			consumer.subscribe(List.of(topic));
			Map<String, ConsumerRecord<String, String>> received = new LinkedHashMap<>();
			await().until(() -> {
				consumer.poll(Duration.ofMillis(100))
					.forEach((record) -> received.putIfAbsent(
							new String(record.headers().lastHeader("message-id").value(), StandardCharsets.UTF_8),
							record));
				return received.size() == EVENTS;
			});
			return received;
		}
	}

	private static OutboxApplication start(Class<?> beans, String... properties) {
		String[] all = Arrays.copyOf(properties, properties.length + 2);
		all[properties.length] = "resilience.outbox.defaults.max-attempts=100000";
		all[properties.length + 1] = "resilience.outbox.defaults.max-backoff=200ms";
		return OutboxApplication.start(TestDatabase.H2, TestDatabase.H2.createDatabase(), beans, all);
	}

	record OrderPlaced(String number) {

	}

	@Configuration(proxyBeanMethods = false)
	static class KafkaEvents {

		@Bean(destroyMethod = "destroy")
		DefaultKafkaProducerFactory<String, String> producers(@Value("${kafka}") String server) {
			Map<String, Object> settings = new HashMap<>();
			settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, server);
			settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 500);
			return new DefaultKafkaProducerFactory<>(settings, new StringSerializer(), new StringSerializer());
		}

		@Bean
		KafkaOrderEvents events(DefaultKafkaProducerFactory<String, String> producers,
				@Value("${topic}") String topic) {
			return new KafkaOrderEvents(new KafkaTemplate<>(producers), topic);
		}

	}

	static class KafkaOrderEvents {

		private final KafkaTemplate<String, String> kafka;

		private final String topic;

		KafkaOrderEvents(KafkaTemplate<String, String> kafka, String topic) {
			this.kafka = kafka;
			this.topic = topic;
		}

		@OutboxHandler("order-events")
		CompletableFuture<?> send(OrderPlaced event, OutboxMessage message) {
			ProducerRecord<String, String> record = new ProducerRecord<>(this.topic, message.key(), event.number());
			record.headers().add("message-id", message.id().getBytes(StandardCharsets.UTF_8));
			return this.kafka.send(record);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class RabbitEvents {

		@Bean(destroyMethod = "destroy")
		CachingConnectionFactory connections(@Value("${rabbit}") int port) {
			CachingConnectionFactory connections = new CachingConnectionFactory("127.0.0.1", port);
			connections.setPublisherConfirmType(ConfirmType.CORRELATED);
			connections.setPublisherReturns(true);
			return connections;
		}

		@Bean
		RabbitOrderEvents events(CachingConnectionFactory connections) {
			RabbitTemplate template = new RabbitTemplate(connections);
			template.setMandatory(true);
			return new RabbitOrderEvents(template);
		}

	}

	static class RabbitOrderEvents {

		private final RabbitTemplate rabbit;

		RabbitOrderEvents(RabbitTemplate rabbit) {
			this.rabbit = rabbit;
		}

		@OutboxHandler("order-events")
		void send(OrderPlaced event, OutboxMessage message) throws Exception {
			CorrelationData sent = new CorrelationData(message.id());
			this.rabbit.convertAndSend("", "orders", event.number(), (outgoing) -> {
				outgoing.getMessageProperties().setMessageId(message.id());
				return outgoing;
			}, sent);
			Confirm confirm = sent.getFuture().get(20, TimeUnit.SECONDS);
			if (!confirm.ack()) {
				throw new AmqpException("The broker refused: " + confirm.reason());
			}
			if (sent.getReturned() != null) {
				throw new AmqpException("The broker has no queue for it: " + sent.getReturned().getReplyText());
			}
		}

	}

}
