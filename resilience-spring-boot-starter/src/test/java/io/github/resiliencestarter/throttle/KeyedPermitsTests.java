package io.github.resiliencestarter.throttle;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import io.github.resiliencestarter.guard.VirtualClock;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KeyedPermits}.
 */
class KeyedPermitsTests {

	private final VirtualClock clock = new VirtualClock();

	/** Resilience4j keeps an entry for every key for ever. */
	@Test
	@Tag("stress")
	void aMillionKeysDoNotFillTheMemory() {
		RateLimit limit = limit("1/h");
		KeyedPermits permits = new KeyedPermits(limit, 1000, this.clock);
		for (int key = 0; key < 1_000_000; key++) {
			permits.take(key, limit, this.clock.nanoTime(), 0);
		}
		assertThat(permits.keys()).isLessThanOrEqualTo(1000);
	}

	@Test
	void keysThatAreFullAgainAreForgotten() {
		RateLimit limit = limit("10/s");
		KeyedPermits permits = new KeyedPermits(limit, 1000, this.clock);
		for (int key = 0; key < 100; key++) {
			permits.take(key, limit, this.clock.nanoTime(), 0);
		}
		assertThat(permits.keys()).isEqualTo(100);
		this.clock.advance(Duration.ofSeconds(1));
		assertThat(permits.keys()).isZero();
	}

	@Test
	void aFloodOfKeysDoesNotFreeTheKeysThatAreUsedUp() {
		RateLimit limit = limit("3/h");
		KeyedPermits permits = new KeyedPermits(limit, 8, this.clock);
		Map<Integer, Integer> permitted = new HashMap<>();
		Random random = new Random(1);
		for (int call = 0; call < 50_000; call++) {
			int key = random.nextInt(1000);
			if (permits.take(key, limit, this.clock.nanoTime(), 0) == 0) {
				permitted.merge(key, 1, Integer::sum);
			}
		}
		assertThat(permitted.values()).allMatch((count) -> count <= 3);
	}

	@Test
	@Tag("stress")
	void aFloodOfKeysFreesNoneWhileManyThreadsCall() throws Exception {
		RateLimit limit = limit("100/h");
		KeyedPermits permits = new KeyedPermits(limit, 16, this.clock);
		AtomicIntegerArray permitted = new AtomicIntegerArray(64);
		ExecutorService executor = Executors.newFixedThreadPool(4);
		for (int thread = 0; thread < 4; thread++) {
			Random random = new Random(thread);
			executor.execute(() -> {
				for (int call = 0; call < 50_000; call++) {
					int key = random.nextInt(permitted.length());
					if (permits.take(key, limit, 0, 0) == 0) {
						permitted.incrementAndGet(key);
					}
				}
			});
		}
		executor.shutdown();
		assertThat(executor.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
		for (int key = 0; key < permitted.length(); key++) {
			assertThat(permitted.get(key)).isLessThanOrEqualTo(100);
		}
	}

	@Test
	void aRetiredCellIsNotRevivedByAChangeOfTheLimit() {
		PermitCell cell = new PermitCell(limit("3/h"), 0);
		cell.retire();
		assertThat(cell.under(limit("4/h"), 0).take(0, 0)).isEqualTo(Gcra.FROZEN);
	}

	private static RateLimit limit(String rate) {
		return Limits.rateLimit(Rate.valueOf(rate), null);
	}

}
