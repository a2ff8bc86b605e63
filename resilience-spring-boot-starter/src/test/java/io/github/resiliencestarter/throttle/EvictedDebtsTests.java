package io.github.resiliencestarter.throttle;

import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EvictedDebts}.
 */
class EvictedDebtsTests {

	private static final int MOST_PLACES = 1 << 16;

	@Test
	void aKeyThatComesBackNeverOwesLess() {
		EvictedDebts debts = new EvictedDebts(1);
		debts.add("a", 5);
		debts.add("b", 3);
		assertThat(debts.of("a")).isEqualTo(5);
		assertThat(debts.of("b")).isEqualTo(5);
	}

	@Test
	void keysInARowRarelyMeetEachOthersDebts() {
		assertThat(withTheirOwnDebt(1 << 10, 1 << 10, (number) -> number)).isGreaterThan((1 << 10) / 2);
	}

	@Test
	void keysWhoseHashesDifferOnlyAboveRarelyMeetEachOthersDebts() {
		assertThat(withTheirOwnDebt(1 << 10, 1 << 10, (number) -> number << 16)).isGreaterThan((1 << 10) / 2);
	}

	@Test
	void theMemoryDoesNotGrowWithTheNumberOfKeys() {
		assertThat(withTheirOwnDebt(Long.MAX_VALUE, MOST_PLACES + 1000, (number) -> number)).isBetween(MOST_PLACES / 2,
				MOST_PLACES);
	}

	private static int withTheirOwnDebt(long maxKeys, int keys, IntUnaryOperator key) {
		EvictedDebts debts = new EvictedDebts(maxKeys);
		IntStream.range(0, keys).forEach((number) -> debts.add(key.applyAsInt(number), number + 1));
		return (int) IntStream.range(0, keys)
			.filter((number) -> debts.of(key.applyAsInt(number)) == number + 1)
			.count();
	}

}
