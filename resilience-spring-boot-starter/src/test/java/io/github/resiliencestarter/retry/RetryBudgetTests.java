package io.github.resiliencestarter.retry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;

import io.github.resiliencestarter.guard.TimeBudget;
import io.github.resiliencestarter.guard.VirtualClock;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RetryBudget} and {@link RetryNest}.
 */
class RetryBudgetTests {

	private final VirtualClock clock = new VirtualClock();

	private final LongAdder calls = new LongAdder();

	@Test
	void beginsWithTheReserveOfOneSecond() {
		assertThat(drawAll(budget(0.2, 3))).isEqualTo(3);
	}

	@Test
	void gainsTheReserveEverySecondAndHoldsTenSecondsOfIt() {
		RetryBudget budget = budget(0, 3);
		drawAll(budget);
		this.clock.advance(Duration.ofSeconds(2));
		assertThat(drawAll(budget)).isEqualTo(6);
		this.clock.advance(Duration.ofHours(1));
		assertThat(drawAll(budget)).isEqualTo(30);
	}

	@Test
	void everyCallBringsItsShare() {
		RetryBudget budget = budget(0.2, 1);
		drawAll(budget);
		this.calls.add(24);
		assertThat(drawAll(budget)).isEqualTo(4);
		this.calls.increment();
		assertThat(drawAll(budget)).isEqualTo(1);
		this.calls.add(1000);
		assertThat(drawAll(budget)).isEqualTo(10);
	}

	/** Envoy #30205. */
	@Test
	void aRetryThatWaitsForItsTurnIsForgottenByTheBudget() {
		RetryRules rules = new RetryRules(Set.of(), Duration.ofHours(1), 3);
		RetriedMethod method = new RetriedMethod("Orders.place", "Orders.place()", rules, budget(0, 1),
				new RetrySurroundings(this.clock, (failure) -> null, () -> false));
		Exception failure = new IllegalStateException("down");
		assertThat(method.hostedLater(TimeBudget.UNLIMITED).retryIn(failure, Duration.ofHours(1)))
			.isEqualTo(Duration.ofHours(1).toNanos());
		assertThat(method.hostedLater(TimeBudget.UNLIMITED).retryIn(failure, Duration.ofHours(1)))
			.isEqualTo(RetriedCall.GIVE_UP);
	}

	@Test
	void withoutAReserveCallsAloneFillIt() {
		RetryBudget budget = budget(0.1, 0);
		assertThat(drawAll(budget)).isZero();
		this.calls.add(20);
		assertThat(drawAll(budget)).isEqualTo(2);
	}

	@Test
	void concurrentRetriesNeverDrawMoreThanThereIs() throws Exception {
		RetryBudget budget = budget(0, 1000);
		ExecutorService threads = Executors.newFixedThreadPool(8);
		CountDownLatch start = new CountDownLatch(1);
		List<Future<Integer>> drawn = new ArrayList<>();
		for (int thread = 0; thread < 8; thread++) {
			drawn.add(threads.submit(() -> {
				start.await();
				return drawAll(budget);
			}));
		}
		start.countDown();
		int sum = 0;
		for (Future<Integer> part : drawn) {
			sum += part.get();
		}
		assertThat(sum).isEqualTo(1000);
		threads.shutdown();
	}

	@Test
	void aNestedRetryPaysForTheRetryAroundItAndTheOtherWayRound() {
		RetryBudget outer = budget(0, 2);
		RetryBudget inner = budget(0, 1);
		RetryNest nest = RetryNest.ofThread();
		nest.enter(outer);
		nest.enter(inner);
		assertThat(nest.draw(inner)).isTrue();
		nest.leave();
		assertThat(nest.draw(outer)).as("paid by the inner call").isTrue();
		nest.enter(inner);
		assertThat(nest.draw(inner)).as("paid with the outer call's attempt").isTrue();
		nest.leave();
		assertThat(nest.draw(outer)).isTrue();
		nest.leave();
		assertThat(drawAll(outer)).isEqualTo(1);
		assertThat(drawAll(inner)).isZero();
	}

	@Test
	void aCallInsideACallOfTheSameBudgetBringsItsShareOnce() {
		RetryBudget budget = budget(0, 1);
		RetryBudget other = budget(0, 1);
		RetryNest nest = RetryNest.ofThread();
		nest.enter(budget);
		assertThat(nest.isFilledOutside(budget)).isFalse();
		nest.enter(budget);
		assertThat(nest.isFilledOutside(budget)).isTrue();
		assertThat(nest.isFilledOutside(other)).isFalse();
		nest.leave();
		nest.leave();
	}

	@Test
	void callsThatFollowEachOtherPayForThemselves() {
		RetryBudget budget = budget(0, 3);
		RetryNest nest = RetryNest.ofThread();
		for (int call = 0; call < 2; call++) {
			nest.enter(budget);
			assertThat(nest.draw(budget)).isTrue();
			nest.leave();
		}
		assertThat(drawAll(budget)).isEqualTo(1);
	}

	private RetryBudget budget(double ratio, double perSecond) {
		RetryBudget budget = new RetryBudget(ratio, perSecond, this.clock);
		budget.fillBy(this.calls);
		return budget;
	}

	private static int drawAll(RetryBudget budget) {
		int drawn = 0;
		while (budget.draw()) {
			drawn++;
		}
		return drawn;
	}

}
