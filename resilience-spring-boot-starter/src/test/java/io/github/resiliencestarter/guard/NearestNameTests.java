package io.github.resiliencestarter.guard;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link NearestName}.
 */
class NearestNameTests {

	@ParameterizedTest
	@CsvSource({ "prise, price, pricing", "rpice, price, stock", "pric, price, pr", "pprice, price, prices",
			"PRICE, price, PRIME", "ab, abc, xyzw", "kitten, sitting, knitwear", "a, ab, xyz", "xyz, xaz, a" })
	void theFewestChangesWin(String name, String nearest, String other) {
		assertThat(NearestName.of(name, List.of(other, nearest))).contains(nearest);
		assertThat(NearestName.of(name, List.of(nearest, other))).contains(nearest);
	}

	@Test
	void whereNothingIsKnownNothingIsNear() {
		assertThat(NearestName.of("price", List.of())).isEmpty();
	}

}
