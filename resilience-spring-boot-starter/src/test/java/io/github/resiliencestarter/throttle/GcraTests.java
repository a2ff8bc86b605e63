package io.github.resiliencestarter.throttle;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * Tests for {@link Gcra}.
 */
class GcraTests {

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	/**
	 * The bound of the issue, on random histories with waits, permits given back and
	 * pauses: the model is the list of moments at which calls really ran.
	 */
	@Test
	void overAnyStretchNoMoreThanRateTimesTimePlusBurst() {
		for (int seed = 0; seed < 500; seed++) {
			runRandomHistory(new Random(seed));
		}
	}

	private static void runRandomHistory(Random random) {
		RateLimit limit = RateLimit.of(Rate.valueOf((1 + random.nextInt(20)) + "/" + (1 + random.nextInt(3)) + "s"),
				1 + random.nextInt(10));
		Gcra gcra = new Gcra(limit, 0);
		List<Long> ran = new ArrayList<>();
		Deque<long[]> inDoubt = new ArrayDeque<>();
		long now = random.nextInt(1000);
		for (int step = 0; step < 300; step++) {
			now += (long) (random.nextDouble() * limit.interval() * (random.nextInt(10) == 0 ? 20 : 1));
			long longestWait = random.nextBoolean() ? 0 : random.nextLong(3 * limit.interval());
			long wait = gcra.take(now, longestWait);
			if (wait >= 0 && random.nextInt(3) == 0) {
				inDoubt.add(new long[] { now, wait });
			}
			else if (wait >= 0) {
				ran.add(now + wait);
			}
			if (!inDoubt.isEmpty() && random.nextInt(3) == 0) {
				long[] unused = inDoubt.poll();
				gcra.giveBack(unused[0], unused[1], now);
			}
		}
		assertThatNoStretchHasTooMany(ran.stream().sorted().toList(), limit);
	}

	private static void assertThatNoStretchHasTooMany(List<Long> ran, RateLimit limit) {
		for (int first = 0; first < ran.size(); first++) {
			for (int last = first; last < ran.size(); last++) {
				double seconds = (ran.get(last) - ran.get(first)) / (double) limit.rate().period().toNanos();
				assertThat(last - first + 1)
					.isLessThanOrEqualTo((int) Math.floor(limit.rate().permits() * seconds + limit.burst() + 1e-9));
			}
		}
	}

	@Test
	void theBoundaryOfAPeriodDoesNotAdmitTwoBursts() {
		Gcra gcra = gcra("10/s", 10);
		assertThat(takeAll(gcra, SECOND - 1)).isEqualTo(10);
		assertThat(takeAll(gcra, SECOND)).isZero();
		assertThat(takeAll(gcra, SECOND + SECOND / 10)).isEqualTo(1);
	}

	@Test
	void aQuietTimeSavesNoMoreThanTheBurst() {
		Gcra gcra = gcra("10/s", 3);
		assertThat(takeAll(gcra, 3600 * SECOND)).isEqualTo(3);
	}

	@Test
	void aRefusalTellsTheExactWaitAndCostsNothing() {
		Gcra gcra = gcra("1/60s", 1);
		assertThat(gcra.take(0, 0)).isZero();
		assertThat(gcra.take(SECOND, 0)).isEqualTo(-59 * SECOND);
		assertThat(gcra.take(SECOND, 58 * SECOND)).isEqualTo(-59 * SECOND);
		assertThat(gcra.take(60 * SECOND, 0)).isZero();
	}

	@Test
	void thoseWhoWaitAreServedOneIntervalAfterTheOther() {
		Gcra gcra = gcra("1/s", 1);
		assertThat(gcra.take(0, 0)).isZero();
		assertThat(gcra.take(0, 5 * SECOND)).isEqualTo(SECOND);
		assertThat(gcra.take(0, 5 * SECOND)).isEqualTo(2 * SECOND);
	}

	@Test
	void anUnusedPermitMakesRoomForACallAtOnce() {
		Gcra gcra = gcra("2/h", 2);
		gcra.take(0, 0);
		gcra.take(1, 0);
		gcra.giveBack(1, 0, 5 * SECOND);
		assertThat(gcra.take(5 * SECOND, 0)).isZero();
		assertThat(gcra.take(5 * SECOND, 0)).isNegative();
	}

	@Test
	void anUnusedReservationIsGivenBackWhole() {
		Gcra gcra = gcra("1/s", 1);
		gcra.take(0, 0);
		long wait = gcra.take(0, 10 * SECOND);
		gcra.giveBack(0, wait, SECOND / 2);
		assertThat(gcra.take(SECOND, 0)).isZero();
	}

	@Test
	void aPermitGivenBackLateDoesNotAdmitMoreThanTheRate() {
		Gcra gcra = gcra("1/s", 1);
		gcra.take(0, 0);
		gcra.take(SECOND, 0);
		gcra.giveBack(0, 0, SECOND + SECOND / 2);
		assertThat(gcra.take(SECOND + SECOND / 2, 0)).isEqualTo(-SECOND / 2);
	}

	@Test
	void aFrozenStateGivesNoPermit() {
		Gcra gcra = gcra("10/s", 10);
		gcra.freeze();
		assertThat(gcra.take(0, 0)).isEqualTo(Gcra.FROZEN);
		gcra.giveBack(0, 0, 0);
		assertThat(gcra.take(SECOND, SECOND)).isEqualTo(Gcra.FROZEN);
	}

	@Test
	void aFasterRateKeepsUsedPermitsUsedButDoesNotPunishForTheOldPace() {
		Gcra faster = exhausted("1/h", 1).continuedAs(limit("100/s", 100), 0);
		assertThat(takeAll(faster, 0)).isZero();
		assertThat(takeAll(faster, SECOND / 100)).isEqualTo(1);
	}

	@Test
	void aSlowerRateDoesNotTurnUsedPermitsIntoFreeOnes() {
		Gcra slower = exhausted("100/s", 100).continuedAs(limit("10/h", 10), 0);
		assertThat(takeAll(slower, SECOND)).isZero();
		assertThat(takeAll(slower, 360 * SECOND)).isEqualTo(1);
	}

	@Test
	void permitsThatAreLeftStayLeft() {
		Gcra gcra = gcra("10/h", 10);
		for (int call = 0; call < 7; call++) {
			gcra.take(0, 0);
		}
		assertThat(takeAll(gcra.continuedAs(limit("5/h", 5), 0), 0)).isEqualTo(3);
	}

	@Test
	void aLowerBurstCutsWhatIsLeft() {
		assertThat(takeAll(gcra("10/h", 10).continuedAs(limit("10/h", 4), 0), 0)).isEqualTo(4);
	}

	@Test
	void goingToAnotherLimitAndBackGainsNothing() {
		Gcra gcra = exhausted("10/h", 10);
		for (int change = 0; change < 5; change++) {
			gcra = gcra.continuedAs(limit("20/h", 20), 0).continuedAs(limit("10/h", 10), 0);
		}
		assertThat(takeAll(gcra, 0)).isZero();
	}

	private static Gcra exhausted(String rate, long burst) {
		Gcra gcra = gcra(rate, burst);
		assertThat(takeAll(gcra, 0)).isEqualTo(burst);
		return gcra;
	}

	private static long takeAll(Gcra gcra, long now) {
		long taken = 0;
		while (gcra.take(now, 0) == 0) {
			taken++;
		}
		return taken;
	}

	private static Gcra gcra(String rate, long burst) {
		return new Gcra(limit(rate, burst), 0);
	}

	private static RateLimit limit(String rate, long burst) {
		return RateLimit.of(Rate.valueOf(rate), burst);
	}

}
