package io.github.resiliencestarter.timeout;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.aopalliance.intercept.MethodInvocation;

import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.TimeBudget;
import io.github.resiliencestarter.guard.VirtualClock;

/**
 * Time-outs without a thread: the test turns the clock and lets the watch look.
 */
final class TimeoutFixture {

	final VirtualClock clock = new VirtualClock();

	final List<String> wakes = new ArrayList<>();

	final Watch watch = new Watch(this.clock, Runnable::run, () -> this.wakes.add("wake"));

	final TimeoutInstance instance = new TimeoutInstance("OrderService.place", this.watch);

	final TimeoutParts parts = new TimeoutParts(this.instance, this.watch, this.clock);

	Guard limited(String limit, Guard next) {
		return limited(limit, next, this.parts);
	}

	Guard limited(String limit, Guard next, TimeoutParts parts) {
		return new CallersThreadGuard(next, duration(limit), true, parts);
	}

	TimeoutParts another(String name) {
		return new TimeoutParts(new TimeoutInstance(name, this.watch), this.watch, this.clock);
	}

	/** Time passes, and the watch notices. */
	void pass(String duration) {
		this.clock.advance(duration(duration));
		this.watch.scan();
	}

	static Duration duration(String text) {
		return Duration.parse("PT" + text);
	}

	static Object call(Guard guard) throws Exception {
		try {
			return guard.call(new NoInvocation());
		}
		catch (Exception | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

	static void withBudget(long end, Runnable action) {
		TimeBudget budget = TimeBudget.ofThread();
		long previous = budget.shortenTo(end);
		try {
			action.run();
		}
		finally {
			budget.restore(previous);
		}
	}

	private static final class NoInvocation implements MethodInvocation {

		@Override
		public Method getMethod() {
			throw new UnsupportedOperationException();
		}

		@Override
		public Object[] getArguments() {
			return new Object[0];
		}

		@Override
		public Object proceed() {
			throw new UnsupportedOperationException();
		}

		@Override
		public Object getThis() {
			return this;
		}

		@Override
		public AccessibleObject getStaticPart() {
			return getMethod();
		}

	}

}
