package io.github.resiliencestarter.broker;

import java.util.concurrent.atomic.AtomicInteger;

import io.github.resiliencestarter.Patience;
import org.springframework.kafka.test.EmbeddedKafkaBroker;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;
import org.springframework.util.function.SingletonSupplier;

/**
 * A real Kafka broker within the tests' JVM. It starts when it is first wanted and stops
 * with the JVM; every test asks for a topic of its own.
 */
public final class TestKafka {

	private static final SingletonSupplier<EmbeddedKafkaBroker> BROKER = SingletonSupplier.of(TestKafka::start);

	private static final AtomicInteger TOPICS = new AtomicInteger();

	private TestKafka() {
	}

	private static EmbeddedKafkaBroker start() {
		EmbeddedKafkaBroker broker = new EmbeddedKafkaKraftBroker(1, 1).adminTimeout((int) Patience.LIMIT.toSeconds());
		broker.afterPropertiesSet();
		Runtime.getRuntime().addShutdownHook(new Thread(broker::destroy));
		return broker;
	}

	/**
	 * Return where the broker can be reached.
	 * @return the value of {@code spring.kafka.bootstrap-servers}
	 */
	public static String bootstrapServers() {
		return BROKER.obtain().getBrokersAsString();
	}

	/**
	 * Create an empty topic with one partition.
	 * @return its name
	 */
	public static String createTopic() {
		String name = "topic" + TOPICS.incrementAndGet();
		BROKER.obtain().addTopics(name);
		return name;
	}

}
