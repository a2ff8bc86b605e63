package io.github.resiliencestarter.circuitbreaker;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CountWindow}.
 */
class CountWindowTests {

	@Test
	void itHoldsWhatAListOfTheLastCallsWouldHold() {
		Random random = new Random(42);
		for (int size = 1; size < 40; size++) {
			CountWindow window = new CountWindow(size);
			Deque<Integer> list = new ArrayDeque<>();
			for (int step = 0; step < 500; step++) {
				int kind = random.nextInt(5);
				int successes = (kind == 4) ? random.nextInt(size + 2) : 0;
				if (kind == 4) {
					window.addSuccesses(successes);
				}
				else {
					window.add((kind & 1) != 0, (kind & 2) != 0);
				}
				for (int call = 0; call < ((kind == 4) ? successes : 1); call++) {
					list.add((kind == 4) ? 0 : kind);
				}
				while (list.size() > size) {
					list.remove();
				}
				assertThat(window.totals())
					.isEqualTo(new CallTotals(list.size(), list.stream().filter((call) -> (call & 1) != 0).count(),
							list.stream().filter((call) -> (call & 2) != 0).count()));
			}
		}
	}

}
