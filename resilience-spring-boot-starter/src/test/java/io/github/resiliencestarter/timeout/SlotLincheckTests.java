package io.github.resiliencestarter.timeout;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

import io.github.resiliencestarter.guard.TimeBudget;

/**
 * Every interleaving of an owner and the watch: an interrupt comes between the owner's
 * arm and disarm, or not at all.
 */
@Param(name = "moment", gen = IntGen.class, conf = "1:3")
public class SlotLincheckTests {

	private final Recorder owner = new Recorder();

	private final Slot slot = new Slot(this.owner, TimeBudget.ofThread());

	/** What is armed, innermost first. */
	private final Deque<Armed> armed = new ArrayDeque<>();

	private int seen;

	@Operation(nonParallelGroup = "owner")
	public void arm(@Param(name = "moment") int moment) {
		if (this.armed.size() < 2) {
			this.armed.push(new Armed(moment, this.slot.arm(moment)));
		}
	}

	/**
	 * When an inner limit ends, the interrupt that ended it may still be on its way.
	 */
	@Operation(nonParallelGroup = "owner")
	public String disarm() {
		if (this.armed.isEmpty()) {
			return "not armed, " + strays() + " strays";
		}
		Armed ended = this.armed.pop();
		String outcome = this.slot.disarm(ended.moment(), ended.outer()) ? "fired" : "in time";
		return this.armed.isEmpty() ? outcome + ", " + strays() + " interrupts" : outcome;
	}

	@Operation(nonParallelGroup = "watch")
	public void fire(@Param(name = "moment") int now) {
		this.slot.fire(now);
	}

	private int strays() {
		int strays = this.owner.interrupts.get() - this.seen;
		this.seen += strays;
		return strays;
	}

	@Test
	void anInterruptNeverComesAfterTheCall() {
		new ModelCheckingOptions().threads(2)
			.actorsBefore(1)
			.actorsPerThread(3)
			.actorsAfter(2)
			.iterations(30)
			.invocationsPerIteration(60)
			.check(SlotLincheckTests.class);
	}

	/**
	 * A limit.
	 */
	private record Armed(long moment, long outer) {

	}

	/**
	 * Counts its interrupts instead of having a flag.
	 */
	private static final class Recorder extends Thread {

		private final AtomicInteger interrupts = new AtomicInteger();

		@Override
		public void interrupt() {
			this.interrupts.incrementAndGet();
		}

		@Override
		public boolean isInterrupted() {
			return false;
		}

	}

}
