package io.github.resiliencestarter.idempotency;

import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.ClassUtils;

/**
 * Keeps exceptions as type and message, and makes them again with whichever constructor
 * yields that message. No bytes of ours ever create anything but a {@code Throwable}.
 */
final class FailureCodec {

	private static final byte[] NOTHING = {};

	private final JsonMapper mapper;

	FailureCodec(JsonMapper mapper) {
		this.mapper = mapper;
	}

	ReplyDocument encode(Throwable failure) {
		Description description = new Description(failure.getClass().getName(), failure.getMessage());
		return new ReplyDocument(ReplyDocument.Kind.FAILURE, this.mapper.writeValueAsBytes(description), NOTHING);
	}

	Throwable decode(ReplyDocument document) {
		Description description = this.mapper.readValue(document.head(), Description.class);
		Class<?> type = ClassUtils.resolveClassName(description.type(), null);
		if (!Throwable.class.isAssignableFrom(type)) {
			throw new IllegalStateException(description.type() + " is no exception");
		}
		return Arrays.stream(type.getDeclaredConstructors())
			.filter(FailureCodec::takesTextAndCause)
			.sorted(Comparator.comparing(Constructor::getParameterCount))
			.map((constructor) -> create(constructor, description.message()))
			.filter(Objects::nonNull)
			.findFirst()
			.orElseThrow(() -> new IllegalStateException(description.type() + ": " + description.message()));
	}

	private static boolean takesTextAndCause(Constructor<?> constructor) {
		return Arrays.stream(constructor.getParameterTypes())
			.allMatch((type) -> type == String.class || type == Throwable.class);
	}

	private static @Nullable Throwable create(Constructor<?> constructor, @Nullable String message) {
		Throwable plain = invoke(constructor, message);
		if (plain == null || Objects.equals(plain.getMessage(), message)) {
			return plain;
		}
		return (message != null) ? unwrapped(constructor, message) : null;
	}

	/**
	 * For constructors that put text around their argument, as in
	 * {@code super("Sold out: " + sku)}: find that text with an argument that cannot
	 * occur, and take it off.
	 */
	private static @Nullable Throwable unwrapped(Constructor<?> constructor, String message) {
		String mark = "\u0001";
		Throwable marked = invoke(constructor, mark);
		String frame = (marked != null) ? marked.getMessage() : null;
		int place = (frame != null) ? frame.indexOf(mark) : -1;
		if (frame == null || place < 0 || message.length() < frame.length() - 1) {
			return null;
		}
		String argument = message.substring(place, message.length() - (frame.length() - 1 - place));
		Throwable rebuilt = invoke(constructor, argument);
		return (rebuilt != null && message.equals(rebuilt.getMessage())) ? rebuilt : null;
	}

	private static @Nullable Throwable invoke(Constructor<?> constructor, @Nullable String message) {
		Object[] arguments = Arrays.stream(constructor.getParameterTypes())
			.map((type) -> (type == String.class) ? message : null)
			.toArray();
		try {
			constructor.setAccessible(true);
			return (Throwable) constructor.newInstance(arguments);
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			return null;
		}
	}

	/**
	 * What is kept of an exception.
	 *
	 * @param type the class's name
	 * @param message the message
	 */
	record Description(String type, @Nullable String message) {
	}

}
