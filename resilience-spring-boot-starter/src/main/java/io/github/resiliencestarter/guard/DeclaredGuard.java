package io.github.resiliencestarter.guard;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.util.ReflectionUtils;

/**
 * A guard's annotation as found on a method, with readers of its text attributes: they
 * resolve placeholders, return {@code null} for what is not set, and stop the start-up
 * with class, method, attribute and remedy for what is wrong.
 *
 * @param <A> the annotation's type
 */
public final class DeclaredGuard<A extends Annotation> {

	private final GuardedMethod method;

	private final A annotation;

	private final Class<A> type;

	private final UnaryOperator<String> placeholders;

	DeclaredGuard(GuardedMethod method, A annotation, Class<A> type, UnaryOperator<String> placeholders) {
		this.method = method;
		this.annotation = annotation;
		this.type = type;
		this.placeholders = placeholders;
	}

	/**
	 * Return the annotation itself, for attributes that are not text.
	 * @return the annotation
	 */
	public A annotation() {
		return this.annotation;
	}

	/**
	 * Read an attribute.
	 * @param attribute the attribute's name
	 * @return its text with placeholders resolved, or {@code null} if it is empty
	 */
	public @Nullable String text(String attribute) {
		Method accessor = ReflectionUtils.findMethod(this.type, attribute);
		if (accessor == null) {
			throw new IllegalArgumentException("@" + this.type.getSimpleName() + " has no attribute " + attribute);
		}
		String declared = (String) ReflectionUtils.invokeMethod(accessor, this.annotation);
		if (declared == null || declared.isEmpty()) {
			return null;
		}
		String text;
		try {
			text = this.placeholders.apply(declared).trim();
		}
		catch (IllegalArgumentException ex) {
			throw invalid(attribute, declared, "Define the placeholder's property or give it a default.");
		}
		return text.isEmpty() ? null : text;
	}

	/**
	 * Read an attribute that is a duration, zero or more.
	 * @param attribute the attribute's name
	 * @return the duration, or {@code null} if it is empty
	 */
	public @Nullable Duration duration(String attribute) {
		return parsed(attribute, DeclaredGuard::parseDuration, "Use a duration such as 250ms, 2s or PT2S.");
	}

	/**
	 * Read an attribute that is a number of at least one.
	 * @param attribute the attribute's name
	 * @return the number, or {@code null} if it is empty
	 */
	public @Nullable Integer count(String attribute) {
		return parsed(attribute, (text) -> within(Integer.parseInt(text), 1, Integer.MAX_VALUE),
				"Use a whole number of at least 1.");
	}

	/**
	 * Read an attribute that is a percentage.
	 * @param attribute the attribute's name
	 * @return the percentage from 1 to 100, or {@code null} if it is empty
	 */
	public @Nullable Integer percentage(String attribute) {
		return parsed(attribute, (text) -> within(Integer.parseInt(text), 1, 100),
				"Use a whole percentage from 1 to 100.");
	}

	/**
	 * Read an attribute of a form of its own.
	 * @param <T> the type of the value
	 * @param attribute the attribute's name
	 * @param parser makes the value, or throws {@link RuntimeException}
	 * @param remedy what to write instead, as a sentence
	 * @return the value, or {@code null} if the attribute is empty
	 */
	public <T> @Nullable T parsed(String attribute, Function<String, T> parser, String remedy) {
		String text = text(attribute);
		if (text == null) {
			return null;
		}
		try {
			return parser.apply(text);
		}
		catch (InvalidGuardException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			throw invalid(attribute, text, remedy);
		}
	}

	/**
	 * Return the exception that stops the start-up because of an attribute.
	 * @param attribute the attribute's name
	 * @param value its value
	 * @param remedy what to do about it, as a sentence
	 * @return the exception
	 */
	public InvalidGuardException invalid(String attribute, String value, String remedy) {
		return this.method.invalid("has @" + this.type.getSimpleName() + " with the invalid attribute " + attribute
				+ " = \"" + value + "\"", remedy);
	}

	private static Duration parseDuration(String text) {
		Duration duration = DurationFormatterUtils.detectAndParse(text);
		if (duration.isNegative()) {
			throw new IllegalArgumentException("negative");
		}
		return duration;
	}

	private static int within(int number, int least, int most) {
		if (number < least || number > most) {
			throw new IllegalArgumentException("out of range");
		}
		return number;
	}

}
