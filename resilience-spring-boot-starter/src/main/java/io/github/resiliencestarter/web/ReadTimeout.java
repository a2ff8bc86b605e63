package io.github.resiliencestarter.web;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.objenesis.SpringObjenesis;
import org.springframework.util.ReflectionUtils;

/**
 * The read time-out of a request factory. Spring's factories have one each for all their
 * requests; for a request that has less time, this makes a copy of the factory, which
 * shares client and connections with it, and gives that another.
 */
final class ReadTimeout {

	private static final SpringObjenesis OBJENESIS = new SpringObjenesis();

	private final ClientHttpRequestFactory factory;

	private final List<Field> state;

	private final Method setter;

	private final @Nullable Duration own;

	private ReadTimeout(ClientHttpRequestFactory factory, List<Field> state, Method setter, @Nullable Duration own) {
		this.factory = factory;
		this.state = state;
		this.setter = setter;
		this.own = own;
	}

	/**
	 * Find the read time-out of a factory.
	 * @param factory the factory
	 * @return its read time-out, or {@code null} if it has none that could be set
	 */
	static @Nullable ReadTimeout of(ClientHttpRequestFactory factory) {
		Method setter = ReflectionUtils.findMethod(factory.getClass(), "setReadTimeout", Duration.class);
		Field field = ReflectionUtils.findField(factory.getClass(), "readTimeout");
		if (setter == null || field == null) {
			return null;
		}
		List<Field> state = new ArrayList<>();
		ReflectionUtils.doWithFields(factory.getClass(), (found) -> {
			found.setAccessible(true);
			state.add(found);
		}, (found) -> !Modifier.isStatic(found.getModifiers()));
		field.setAccessible(true);
		return new ReadTimeout(factory, state, setter, duration(ReflectionUtils.getField(field, factory)));
	}

	private static @Nullable Duration duration(@Nullable Object value) {
		Duration duration = (value instanceof Number millis) ? Duration.ofMillis(millis.longValue()) : (Duration) value;
		return (duration == null || duration.isZero() || duration.isNegative()) ? null : duration;
	}

	/**
	 * Return a factory whose requests wait no longer than a limit.
	 * @param limit the limit
	 * @return the factory itself if its own read time-out is not longer, else a copy
	 */
	ClientHttpRequestFactory atMost(Duration limit) {
		if (this.own != null && this.own.compareTo(limit) <= 0) {
			return this.factory;
		}
		ClientHttpRequestFactory copy = OBJENESIS.newInstance(this.factory.getClass());
		for (Field field : this.state) {
			ReflectionUtils.setField(field, copy, ReflectionUtils.getField(field, this.factory));
		}
		ReflectionUtils.invokeMethod(this.setter, copy, limit);
		return copy;
	}

}
