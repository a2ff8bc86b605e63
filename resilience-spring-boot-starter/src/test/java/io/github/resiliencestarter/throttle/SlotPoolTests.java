package io.github.resiliencestarter.throttle;

import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SlotPool}: keys are known as long as they are in use, and no longer.
 */
class SlotPoolTests {

	private final AtomicInteger limit = new AtomicInteger(1);

	private final SlotPool pool = new SlotPool(this.limit::get);

	@Test
	void aKeyIsForgottenWhenItsLastCallLeaves() {
		this.limit.set(2);
		assertThat(this.pool.tryEnter("a")).isTrue();
		assertThat(this.pool.tryEnter("a")).isTrue();
		assertThat(this.pool.tryEnter("b")).isTrue();
		assertThat(this.pool.keys()).isEqualTo(2);
		assertThat(this.pool.inFlight()).isEqualTo(3);
		this.pool.leave("a");
		assertThat(this.pool.keys()).isEqualTo(2);
		this.pool.leave("a");
		this.pool.leave("b");
		assertThat(this.pool.keys()).isZero();
		assertThat(this.pool.inFlight()).isZero();
	}

	@Test
	void whoIsRefusedKeepsNoKey() throws Exception {
		this.pool.tryEnter("a");
		assertThat(this.pool.tryEnter("a")).isFalse();
		assertThat(this.pool.enter("a", 1)).isFalse();
		this.pool.leave("a");
		assertThat(this.pool.keys()).isZero();
	}

	@Test
	void aKeyIsKnownWhileSomebodyWaitsForIt() throws Exception {
		this.pool.tryEnter("a");
		FutureTask<Boolean> waiting = new FutureTask<>(() -> this.pool.enter("a", TimeUnit.MINUTES.toNanos(1)));
		Thread waiter = new Thread(waiting);
		waiter.start();
		await().until(() -> waiter.getState() == Thread.State.TIMED_WAITING);
		this.pool.leave("a");
		assertThat(waiting.get()).isTrue();
		assertThat(this.pool.keys()).isEqualTo(1);
		this.pool.leave("a");
		assertThat(this.pool.keys()).isZero();
	}

	@Test
	void aHigherLimitLetsThoseInWhoWaitForAKey() throws Exception {
		this.pool.tryEnter("a");
		FutureTask<Boolean> waiting = new FutureTask<>(() -> this.pool.enter("a", TimeUnit.MINUTES.toNanos(1)));
		Thread waiter = new Thread(waiting);
		waiter.start();
		await().until(() -> waiter.getState() == Thread.State.TIMED_WAITING);
		this.limit.set(2);
		this.pool.limitChanged();
		assertThat(waiting.get()).isTrue();
	}

}
