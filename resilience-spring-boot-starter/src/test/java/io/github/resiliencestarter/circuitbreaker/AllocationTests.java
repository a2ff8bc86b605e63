package io.github.resiliencestarter.circuitbreaker;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.UnaryOperator;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;

import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.TimeBudget;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The fast way through a closed breaker makes no garbage.
 */
class AllocationTests {

	private static final int CALLS = 20_000;

	private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	@Test
	void aSuccessAllocatesNothing() throws Throwable {
		assertThat(bytesForEachSuccess((settings) -> settings.window("100"))).isLessThan(1);
		assertThat(bytesForEachSuccess((settings) -> settings.window("100").slow(Duration.ofSeconds(1), 50)))
			.isLessThan(1);
		assertThat(bytesForEachSuccess((settings) -> settings.window("30s"))).isLessThan(1);
	}

	private double bytesForEachSuccess(UnaryOperator<BreakerFixture.Settings> settings) throws Throwable {
		Guard guard = new BreakerGuard(BreakerFixture.small(settings).breaker, TimeBudget.UNLIMITED,
				(call) -> "result");
		NoInvocation call = new NoInvocation();
		run(guard, call);
		long before = this.threads.getCurrentThreadAllocatedBytes();
		run(guard, call);
		return (this.threads.getCurrentThreadAllocatedBytes() - before) / (double) CALLS;
	}

	private static void run(Guard guard, NoInvocation call) throws Throwable {
		for (int count = 0; count < CALLS; count++) {
			guard.call(call);
		}
	}

}
