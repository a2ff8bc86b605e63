package io.github.resiliencestarter.io;

import java.lang.reflect.Field;
import java.net.http.HttpClient;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.http.client.AbstractClientHttpRequestFactoryWrapper;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.util.ReflectionUtils;

/**
 * The time-outs of the two request factories that have none unless they are given some.
 * They can be set but not read, hence the look at their fields.
 *
 * @param connect how long a connection may take, or {@code null} for ever
 * @param read how long a server may be silent, or {@code null} for ever
 */
record RequestFactoryTimeouts(@Nullable Duration connect, @Nullable Duration read) {

	/**
	 * Look at a request factory.
	 * @return its time-outs, or {@code null} if it is another one
	 */
	static @Nullable RequestFactoryTimeouts of(@Nullable Object factory) {
		Object innermost = factory;
		while (innermost instanceof AbstractClientHttpRequestFactoryWrapper wrapper) {
			innermost = wrapper.getDelegate();
		}
		if (innermost instanceof SimpleClientHttpRequestFactory simple) {
			return new RequestFactoryTimeouts(millis(simple, "connectTimeout"), millis(simple, "readTimeout"));
		}
		if (innermost instanceof JdkClientHttpRequestFactory jdk) {
			Duration connect = (field(jdk, "httpClient") instanceof HttpClient client)
					? client.connectTimeout().orElse(null) : null;
			return new RequestFactoryTimeouts(connect, (Duration) field(jdk, "readTimeout"));
		}
		return null;
	}

	private static @Nullable Duration millis(ClientHttpRequestFactory factory, String name) {
		return (field(factory, name) instanceof Integer millis && millis > 0) ? Duration.ofMillis(millis) : null;
	}

	static @Nullable Object field(Object object, String name) {
		Field field = ReflectionUtils.findField(object.getClass(), name);
		if (field == null) {
			return null;
		}
		ReflectionUtils.makeAccessible(field);
		return ReflectionUtils.getField(field, object);
	}

}
