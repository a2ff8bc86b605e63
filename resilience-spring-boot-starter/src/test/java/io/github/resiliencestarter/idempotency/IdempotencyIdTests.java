package io.github.resiliencestarter.idempotency;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link IdempotencyId}.
 */
class IdempotencyIdTests {

	@Test
	void theSamePartsAreTheSameCallAndBytesOfOnePartAreNeverThoseOfAnother() {
		IdempotencyId id = IdempotencyId.of("place", "ann", "k1");
		assertThat(id).isEqualTo(IdempotencyId.of("place", "ann", "k1"))
			.hasSameHashCodeAs(IdempotencyId.of("place", "ann", "k1"));
		assertThat(id.bytes()).hasSize(32);
		assertThat(id).isNotEqualTo(IdempotencyId.of("placea", "nn", "k1"))
			.isNotEqualTo(IdempotencyId.of("place", "annk", "1"))
			.isNotEqualTo(IdempotencyId.of("place", "", "annk1"))
			.isNotEqualTo(IdempotencyId.of("place", null, "annk1"));
	}

	@Test
	void nobodyIsSomebodyElseThanAPrincipalWithoutAName() {
		assertThat(IdempotencyId.of("place", null, "k")).isNotEqualTo(IdempotencyId.of("place", "", "k"));
	}

}
