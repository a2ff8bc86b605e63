package io.github.resiliencestarter.timeout;

import io.github.resiliencestarter.guard.GuardedMethod;
import io.github.resiliencestarter.guard.MonotonicClock;

/**
 * What the two places of the chain share that a time-out has.
 *
 * @param instances the limits and what they have seen
 * @param watch the watch
 * @param clock the clock
 */
record TimeoutGuards(TimeoutInstances instances, Watch watch, MonotonicClock clock) {

	TimeLimits limits(GuardedMethod method) {
		return this.instances.limits(method);
	}

	TimeoutParts parts(GuardedMethod method, TimeLimits limits) {
		return new TimeoutParts(this.instances.instance(method, limits), this.watch, this.clock);
	}

}
