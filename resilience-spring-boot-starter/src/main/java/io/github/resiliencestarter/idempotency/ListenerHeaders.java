package io.github.resiliencestarter.idempotency;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.util.ReflectionUtils;

/**
 * Finds the headers of the message that a listener method is called with, whichever of
 * Spring's ways of handing them over it uses. By name: Spring's messaging need not be
 * there.
 */
final class ListenerHeaders {

	static final String VARIABLE = "headers";

	static final String REMEDY = " For a message's headers the method needs a parameter @Headers Map<String, Object>, "
			+ "MessageHeaders or Message.";

	private static final String MESSAGING = "org.springframework.messaging.";

	private final Method method;

	private final int index;

	private final @Nullable Method getter;

	private ListenerHeaders(Method method, int index, @Nullable Method getter) {
		this.method = method;
		this.index = index;
		this.getter = getter;
	}

	static @Nullable ListenerHeaders find(Method method) {
		Parameter[] parameters = method.getParameters();
		for (int index = 0; index < parameters.length; index++) {
			Class<?> type = parameters[index].getType();
			if (Map.class.isAssignableFrom(type) && (isHeaders(type) || isAnnotated(parameters[index]))) {
				return new ListenerHeaders(method, index, null);
			}
			if (isMessage(type)) {
				return new ListenerHeaders(method, index, ReflectionUtils.findMethod(type, "getHeaders"));
			}
		}
		return null;
	}

	static boolean isMessage(Class<?> type) {
		return type.getName().equals(MESSAGING + "Message");
	}

	static boolean isHeaders(Class<?> type) {
		return type.getName().startsWith(MESSAGING) && Map.class.isAssignableFrom(type);
	}

	private static boolean isAnnotated(Parameter parameter) {
		for (Annotation annotation : parameter.getAnnotations()) {
			if (annotation.annotationType().getName().equals(MESSAGING + "handler.annotation.Headers")) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Tell whether the parameter that holds the headers has their name itself.
	 * @param names knows the names of parameters
	 * @return whether it has
	 */
	boolean areNamedSo(ParameterNameDiscoverer names) {
		String[] known = names.getParameterNames(this.method);
		return this.getter == null && known != null && VARIABLE.equals(known[this.index]);
	}

	Map<String, @Nullable Object> of(@Nullable Object[] arguments) {
		Object argument = arguments[this.index];
		Object headers = (this.getter != null && argument != null) ? ReflectionUtils.invokeMethod(this.getter, argument)
				: argument;
		Map<String, @Nullable Object> readable = new HashMap<>();
		if (headers instanceof Map<?, ?> map) {
			map.forEach((name, value) -> readable.put(String.valueOf(name), readable(value)));
		}
		return readable;
	}

	private static @Nullable Object readable(@Nullable Object value) {
		return (value instanceof byte[] bytes) ? new String(bytes, StandardCharsets.UTF_8) : value;
	}

}
