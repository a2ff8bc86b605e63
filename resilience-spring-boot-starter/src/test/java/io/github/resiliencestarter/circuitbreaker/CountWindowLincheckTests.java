package io.github.resiliencestarter.circuitbreaker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.github.resiliencestarter.circuitbreaker.CircuitBreakerSnapshot.State;

/**
 * What callers of one breaker do at once, for a model checker that goes through the
 * interleavings. Each caller begins with permits of the first closed phase.
 */
@Param(name = "caller", gen = ThreadIdGen.class)
public class CountWindowLincheckTests {

	private static final int CALLERS = 4;

	private final BreakerFixture test = BreakerFixture.small((settings) -> settings.window("3").minimum(2).trials(1));

	private final List<Deque<Permit>> held = new ArrayList<>();

	public CountWindowLincheckTests() {
		this.test.succeed(1);
		for (int caller = 0; caller < CALLERS; caller++) {
			Deque<Permit> permits = new ArrayDeque<>();
			permits.add(this.test.breaker.acquire());
			permits.add(this.test.breaker.acquire());
			this.held.add(permits);
		}
	}

	@Operation
	public boolean begin(@Param(name = "caller") int caller) {
		Permit permit = this.test.tryAcquire();
		if (permit != null) {
			this.held.get(caller).push(permit);
		}
		return permit != null;
	}

	@Operation
	public void succeed(@Param(name = "caller") int caller) {
		Permit permit = end(caller);
		if (permit != null) {
			permit.succeeded(0);
		}
	}

	@Operation
	public void fail(@Param(name = "caller") int caller) {
		Permit permit = end(caller);
		if (permit != null) {
			permit.failed(0);
		}
	}

	private @Nullable Permit end(int caller) {
		return this.held.get(caller).poll();
	}

	@Operation
	public void turnTheClock() {
		this.test.clock.advance(BreakerFixture.OPEN_TIME);
	}

	@Operation
	public State look() {
		return this.test.state();
	}

	@Operation
	public List<Long> counted() {
		CircuitBreakerCalls calls = this.test.breaker.calls();
		return List.of(calls.succeeded(), calls.failed());
	}

	@Test
	void callsAreAsIfTheyHadComeOneAfterTheOther() {
		new ModelCheckingOptions().threads(2)
			.actorsBefore(0)
			.actorsPerThread(3)
			.actorsAfter(1)
			.iterations(6)
			.invocationsPerIteration(50)
			.check(CountWindowLincheckTests.class);
	}

}
