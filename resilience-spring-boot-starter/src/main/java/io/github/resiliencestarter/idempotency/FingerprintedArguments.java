package io.github.resiliencestarter.idempotency;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Selects the arguments that make a call what it is. Left out is what only the transport
 * knows and what differs between duplicates: requests, sessions, message headers, and the
 * key itself.
 */
final class FingerprintedArguments {

	private static final Set<String> TRANSPORT = Set.of("jakarta.servlet.", "org.springframework.ui.",
			"org.springframework.validation.", "org.springframework.web.context.request.",
			"org.springframework.web.util.", "org.springframework.security.", "org.springframework.http.HttpHeaders",
			"org.springframework.http.HttpMethod", "org.springframework.kafka.support.Acknowledgment",
			"org.apache.kafka.clients.consumer.Consumer", "com.rabbitmq.client.", "jakarta.jms.Session",
			"java.security.Principal");

	private static final Set<String> MESSAGE_HEADERS = Set.of(
			"org.springframework.messaging.handler.annotation.Headers",
			"org.springframework.messaging.handler.annotation.Header");

	private static final Map<String, String> PAYLOADS = Map.of("org.springframework.messaging.Message", "getPayload",
			"org.springframework.http.HttpEntity", "getBody", "org.springframework.http.RequestEntity", "getBody",
			"org.springframework.amqp.core.Message", "getBody", "org.apache.kafka.clients.consumer.ConsumerRecord",
			"value");

	private static final String REQUEST_HEADER = "org.springframework.web.bind.annotation.RequestHeader";

	private final Class<?>[] types;

	private final List<Integer> indexes = new ArrayList<>();

	FingerprintedArguments(Method method, String keyHeader) {
		this.types = method.getParameterTypes();
		Parameter[] parameters = method.getParameters();
		for (int index = 0; index < parameters.length; index++) {
			if (!isTransport(parameters[index].getType()) && !isHeader(parameters[index], keyHeader)) {
				this.indexes.add(index);
			}
		}
	}

	private static boolean isTransport(Class<?> type) {
		String name = type.getName();
		return ListenerHeaders.isHeaders(type) || TRANSPORT.stream()
			.anyMatch((known) -> known.endsWith(".") ? name.startsWith(known) : name.equals(known));
	}

	private static boolean isHeader(Parameter parameter, String keyHeader) {
		for (Annotation annotation : parameter.getAnnotations()) {
			String type = annotation.annotationType().getName();
			if (MESSAGE_HEADERS.contains(type)) {
				return true;
			}
			if (REQUEST_HEADER.equals(type)) {
				return keyHeader.equalsIgnoreCase(headerName(annotation, parameter));
			}
		}
		return false;
	}

	private static String headerName(Annotation annotation, Parameter parameter) {
		Object name = AnnotationUtils.getValue(AnnotationUtils.synthesizeAnnotation(annotation, parameter), "name");
		return (name instanceof String text && !text.isEmpty()) ? text : parameter.getName();
	}

	List<@Nullable Object> of(@Nullable Object[] arguments) {
		List<@Nullable Object> selected = new ArrayList<>(this.indexes.size());
		for (int index : this.indexes) {
			selected.add(payload(this.types[index], arguments[index]));
		}
		return selected;
	}

	private static @Nullable Object payload(Class<?> type, @Nullable Object argument) {
		String accessor = PAYLOADS.get(type.getName());
		Method getter = (accessor != null) ? ReflectionUtils.findMethod(type, accessor) : null;
		return (getter != null && argument != null) ? ReflectionUtils.invokeMethod(getter, argument) : argument;
	}

}
