package io.github.resiliencestarter.throttle;

import java.lang.management.ManagementFactory;
import java.time.Duration;

import com.sun.management.ThreadMXBean;
import org.aopalliance.intercept.MethodInvocation;
import org.junit.jupiter.api.Test;

import io.github.resiliencestarter.guard.Guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link ThrottleGuard} with what is inside it, without Spring.
 */
class ThrottleGuardTests {

	private final MethodInvocation call = mock(MethodInvocation.class);

	private final ThrottleFixture fixture = new ThrottleFixture();

	@Test
	void aRefusalFurtherInGivesThePermitAndTheSlotBack() throws Throwable {
		Throttle outer = ThrottleFixture.throttle("1/h", 1, Duration.ZERO, this.fixture.clock);
		Throttle inner = this.fixture.concurrency(1, Duration.ZERO);
		Guard guards = guard(outer, guard(inner, (call) -> "done"));
		inner.admit(null);
		this.fixture.clock.advance(Duration.ofHours(2));
		for (int call = 0; call < 3; call++) {
			this.fixture.clock.advance(Duration.ofMillis(5));
			assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> guards.call(this.call))
				.satisfies((refused) -> assertThat(refused.quota()).as("the inner one's").isEmpty());
		}
		inner.leave(null);
		assertThat(guards.call(this.call)).isEqualTo("done");
		assertThat(outer.snapshot().inFlight()).isZero();
	}

	@Test
	void aRefusalFurtherInGivesThePermitBackWhereOnlyTheRateIsLimited() throws Throwable {
		Throttle inner = this.fixture.concurrency(1, Duration.ZERO);
		Guard guards = guard(this.fixture.rate("1/h", Duration.ZERO), guard(inner, (call) -> "done"));
		this.fixture.clock.advance(Duration.ofHours(2));
		inner.admit(null);
		assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> guards.call(this.call));
		inner.leave(null);
		assertThat(guards.call(this.call)).isEqualTo("done");
	}

	@Test
	void aFailureOfTheMethodCostsAPermitButNoSlot() {
		Throttle throttle = ThrottleFixture.throttle("2/h", 1, Duration.ZERO, this.fixture.clock);
		Guard guard = guard(throttle, (call) -> {
			throw new IllegalStateException("broken");
		});
		assertThatIllegalStateException().isThrownBy(() -> guard.call(this.call));
		assertThatIllegalStateException().isThrownBy(() -> guard.call(this.call));
		assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> guard.call(this.call));
		assertThat(throttle.snapshot().inFlight()).isZero();
	}

	@Test
	void anErrorLeavesTheSlotToo() {
		Throttle throttle = this.fixture.concurrency(1, Duration.ZERO);
		Guard guard = guard(throttle, (call) -> {
			throw new AssertionError("broken");
		});
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> guard.call(this.call));
		assertThat(throttle.snapshot().inFlight()).isZero();
	}

	@Test
	void aCallLetInAtOnceAllocatesNothing() throws Throwable {
		Guard guard = guard(ThrottleFixture.throttle("1000000/s", 10, Duration.ZERO, this.fixture.clock),
				(call) -> null);
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		for (int call = 0; call < 10_000; call++) {
			guard.call(this.call);
		}
		long before = threads.getCurrentThreadAllocatedBytes();
		for (int call = 0; call < 10_000; call++) {
			guard.call(this.call);
		}
		assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
	}

	private static Guard guard(Throttle throttle, Guard next) {
		return new ThrottleGuard(throttle, ThrottleKey.NONE, next);
	}

}
