package io.github.resiliencestarter.throttle;

import java.util.concurrent.atomic.AtomicInteger;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/**
 * What callers and operators do at once to one state of permits and slots, for a model
 * checker that goes through the interleavings: none is lost or gained.
 */
public class ThrottleLincheckTests {

	private static final RateLimit SLOW = Limits.rateLimit(Rate.valueOf("3/h"), 3L);

	private static final RateLimit FAST = Limits.rateLimit(Rate.valueOf("6/h"), 3L);

	private final SinglePermits permits = new SinglePermits(SLOW);

	private final AtomicInteger limit = new AtomicInteger(1);

	private final Slots slots = new Slots(this.limit::get);

	@Operation
	public boolean takeAtTheSlowRate() {
		return this.permits.take(null, SLOW, 0, 0) == 0;
	}

	@Operation
	public boolean takeAtTheFastRate() {
		return this.permits.take(null, FAST, 0, 0) == 0;
	}

	@Operation
	public boolean enter() {
		return this.slots.tryEnter();
	}

	@Operation
	public int raise() {
		int raised = this.limit.incrementAndGet();
		this.slots.limitChanged();
		return raised;
	}

	@Operation
	public int inFlight() {
		return this.slots.inFlight();
	}

	@Test
	void callsAreAsIfTheyHadComeOneAfterTheOther() {
		new ModelCheckingOptions().threads(2)
			.actorsBefore(1)
			.actorsPerThread(3)
			.actorsAfter(1)
			.iterations(8)
			.invocationsPerIteration(60)
			.check(ThrottleLincheckTests.class);
	}

}
