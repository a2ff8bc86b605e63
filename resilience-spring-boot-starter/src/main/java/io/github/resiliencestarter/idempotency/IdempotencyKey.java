package io.github.resiliencestarter.idempotency;

import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;

import org.springframework.util.ReflectionUtils;

/**
 * The rules that every key obeys, wherever it comes from.
 */
final class IdempotencyKey {

	private static final int LONGEST = 255;

	private IdempotencyKey() {
	}

	/**
	 * Check a key.
	 * @param key the key
	 * @return the key
	 */
	static String checked(String key) {
		if (key.isBlank()) {
			throw new IdempotencyKeyInvalidException("The idempotency key is blank");
		}
		if (key.length() > LONGEST) {
			throw new IdempotencyKeyInvalidException(
					"The idempotency key has " + key.length() + " characters. At most " + LONGEST + " are allowed.");
		}
		if (!key.chars().allMatch((character) -> character > ' ' && character <= '~')) {
			throw new IdempotencyKeyInvalidException(
					"The idempotency key may only have visible ASCII characters, and no space");
		}
		return key;
	}

	/**
	 * Read a key from what an expression yields: its text, which has to say what the
	 * object is and not just which.
	 * @param value the value
	 * @return the key, checked
	 */
	static String ofValue(Object value) {
		if (value instanceof String text) {
			return checked(text);
		}
		if (value instanceof byte[] bytes) {
			return checked(new String(bytes, StandardCharsets.UTF_8));
		}
		Method toString = ReflectionUtils.findMethod(value.getClass(), "toString");
		if (value.getClass().isArray() || toString == null || toString.getDeclaringClass() == Object.class) {
			throw new IdempotencyKeyInvalidException("The key expression yields a " + value.getClass().getTypeName()
					+ ", whose text is another one at every call");
		}
		return checked(value.toString());
	}

	/**
	 * Read a key from a header: quoted, as in the IETF's draft, or bare.
	 * @param header the header's value
	 * @return the key, checked
	 */
	static String ofHeader(String header) {
		String value = header.trim();
		if (!value.startsWith("\"")) {
			return checked(value);
		}
		if (value.length() < 2 || !value.endsWith("\"")) {
			throw new IdempotencyKeyInvalidException("The idempotency key begins with a quote that is not closed");
		}
		return checked(unescaped(value.substring(1, value.length() - 1)));
	}

	private static String unescaped(String quoted) {
		StringBuilder plain = new StringBuilder(quoted.length());
		for (int index = 0; index < quoted.length(); index++) {
			char character = quoted.charAt(index);
			if (character == '\\' && index + 1 < quoted.length()) {
				character = quoted.charAt(++index);
			}
			plain.append(character);
		}
		return plain.toString();
	}

}
