package io.github.resiliencestarter.idempotency;

import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link IdempotencyKey}.
 */
class IdempotencyKeyTests {

	@Test
	void theKeyIsTheTextOfWhatTheExpressionYields() {
		UUID id = UUID.randomUUID();
		assertThat(IdempotencyKey.ofValue(id)).isEqualTo(id.toString());
		assertThat(IdempotencyKey.ofValue(42L)).isEqualTo("42");
		assertThat(IdempotencyKey.ofValue("payment-1".getBytes())).isEqualTo("payment-1");
	}

	@Test
	void whatHasNoTextOfItsOwnIsNoKeyBecauseItsDuplicatesWouldNotBeRecognised() {
		for (Object value : new Object[] { new Object(), new String[] { "a" }, new int[] { 1 },
				new StringBuilder[0] }) {
			assertThatExceptionOfType(IdempotencyKeyInvalidException.class)
				.isThrownBy(() -> IdempotencyKey.ofValue(value));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\\\"b", "a\\\\b" })
	void aQuotedHeaderIsUnescaped(String quoted) {
		assertThat(IdempotencyKey.ofHeader("\"" + quoted + "\"")).isEqualTo(quoted.replaceFirst("\\\\", ""));
	}

}
