package io.github.resiliencestarter.idempotency;

import java.lang.reflect.Method;
import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

import org.springframework.http.RequestEntity;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.bind.annotation.RequestHeader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FingerprintedArguments}.
 */
class FingerprintedArgumentsTests {

	@Test
	void onlyWhatMakesTheCallIsComparedAndNotHowItWasCarried() {
		Method method = method("carried");
		FingerprintedArguments arguments = new FingerprintedArguments(method, "Idempotency-Key");
		assertThat(arguments.of(new Object[] { new ConsumerRecord<>("topic", 0, 17, "key", "value"),
				MessageBuilder.withPayload("payload").setHeader("offset", 17).build(),
				RequestEntity.post("/").body("body"), null, Map.of("offset", 17), "header", "key", "other", 42 }))
			.containsExactly("value", "payload", "body", "other", 42);
	}

	private static Method method(String name) {
		Method method = ReflectionUtils.findMethod(FingerprintedArgumentsTests.class, name, (Class<?>[]) null);
		assertThat(method).isNotNull();
		return method;
	}

	void carried(ConsumerRecord<String, String> record, Message<String> message, RequestEntity<String> entity,
			HttpServletRequest request, @Headers Map<String, Object> headers, @Header("offset") String header,
			@RequestHeader("idempotency-key") String key, @RequestHeader("X-Other") String other, int number) {
	}

}
