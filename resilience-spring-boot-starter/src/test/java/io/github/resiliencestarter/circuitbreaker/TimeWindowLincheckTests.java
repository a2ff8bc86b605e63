package io.github.resiliencestarter.circuitbreaker;

import java.time.Duration;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

import io.github.resiliencestarter.circuitbreaker.CircuitBreakerSnapshot.State;

/**
 * Successes race with the end of a time window's bucket. The minimum was complete until
 * now, but then older successes leave the window, the failure not yet: one more success
 * completes the minimum again, and with it the verdict, which must not get lost.
 */
public class TimeWindowLincheckTests {

	private final BreakerFixture test = BreakerFixture
		.small((settings) -> settings.window("10s").minimum(3).failureRate(30));

	private final Permit first;

	public TimeWindowLincheckTests() {
		this.first = this.test.breaker.acquire();
		this.test.succeed(3);
		this.test.clock.advance(Duration.ofSeconds(8));
		this.test.fail(1);
		this.test.clock.advance(Duration.ofMillis(1900));
		this.test.succeed(1);
	}

	@Operation
	public void succeed() {
		this.first.succeeded(0);
	}

	@Operation
	public boolean begin() {
		return this.test.tryAcquire() != null;
	}

	@Operation
	public State lookInTheNextBucket() {
		this.test.clock.advance(Duration.ofMillis(100));
		return this.test.state();
	}

	@Test
	void noVerdictGetsLost() {
		new ModelCheckingOptions().threads(2)
			.actorsBefore(0)
			.actorsPerThread(2)
			.actorsAfter(1)
			.iterations(12)
			.invocationsPerIteration(150)
			.check(TimeWindowLincheckTests.class);
	}

}
