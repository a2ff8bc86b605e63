package io.github.resiliencestarter.timeout;

import org.junit.jupiter.api.Test;

import io.github.resiliencestarter.guard.TimeBudget;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SlotTable}.
 */
class SlotTableTests {

	private final SlotTable table = new SlotTable();

	@Test
	void threadsThatHaveEndedAreForgottenButNotWhatTheyCounted() {
		for (int i = 0; i < 100_000; i++) {
			Slot slot = new Slot(new Thread(), TimeBudget.ofThread());
			slot.countInTime(1);
			this.table.add(slot);
		}
		assertThat(this.table.all()).hasSizeLessThanOrEqualTo(16);
		assertThat(this.table.inTime(1)).isEqualTo(100_000);
		assertThat(this.table.inTime(0)).isZero();
		assertThat(this.table.inTime(2)).isZero();
	}

	@Test
	void slotsOfLivingThreadsAreKept() {
		for (int i = 0; i < 100; i++) {
			this.table.add(new Slot(Thread.currentThread(), TimeBudget.ofThread()));
		}
		assertThat(this.table.all()).hasSize(100);
	}

}
