package io.github.resiliencestarter;

import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.github.resiliencestarter.circuitbreaker.CircuitBreaker;
import io.github.resiliencestarter.idempotency.Idempotent;
import io.github.resiliencestarter.outbox.OutboxHandler;
import io.github.resiliencestarter.throttle.Throttled;
import io.github.resiliencestarter.timeout.Timeout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an editor shows of the starter's properties.
 */
class ConfigurationMetadataTests {

	/** Attributes that are names, or belong to one method only. */
	private static final Set<String> WITHOUT_PROPERTY = Set.of("name", "operation");

	@Test
	void everyPropertyHasADescription() throws IOException {
		assertThat(properties()).hasSizeGreaterThan(30)
			.allSatisfy((name, property) -> assertThat(property.path("description").asString(""))
				.as("description of " + name)
				.isNotBlank());
	}

	@ParameterizedTest
	@MethodSource("attributes")
	void everyAttributeHasItsProperty(String property) throws IOException {
		assertThat(properties().keySet()).contains(property);
	}

	static Stream<String> attributes() {
		return Stream
			.of(attributes(CircuitBreaker.class, "circuit-breaker", "value"),
					attributes(Throttled.class, "throttle", "value"), attributes(Timeout.class, "timeout"),
					attributes(Idempotent.class, "idempotency", "value"),
					attributes(OutboxHandler.class, "outbox", "value"))
			.flatMap((attributes) -> attributes);
	}

	private static Stream<String> attributes(Class<? extends Annotation> annotation, String feature,
			String... aliases) {
		return Stream.of(annotation.getDeclaredMethods())
			.map(Method::getName)
			.filter((name) -> !WITHOUT_PROPERTY.contains(name) && !Set.of(aliases).contains(name))
			.map((name) -> "resilience." + feature + ".defaults." + kebabCase(name));
	}

	private static String kebabCase(String name) {
		String dashed = name.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
		return ConfigurationPropertyName.of(dashed).toString();
	}

	private static Map<String, JsonNode> properties() throws IOException {
		Map<String, JsonNode> properties = new TreeMap<>();
		try (InputStream metadata = ConfigurationMetadataTests.class
			.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			JsonMapper.shared()
				.readTree(metadata)
				.path("properties")
				.forEach((property) -> properties.put(property.path("name").asString(), property));
		}
		return properties;
	}

}
