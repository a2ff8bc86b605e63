package io.github.resiliencestarter.circuitbreaker;

import java.util.List;

import io.github.resiliencestarter.CallRejectedException;
import io.github.resiliencestarter.guard.Failures;
import io.github.resiliencestarter.guard.LimitPassed;
import io.github.resiliencestarter.guard.NeverRetried;

/**
 * Tells what an exception says about the method.
 */
final class Classifier {

	private final List<Class<? extends Throwable>> recorded;

	private final List<Class<? extends Throwable>> ignored;

	Classifier(BreakerConfig config) {
		this.recorded = config.recorded();
		this.ignored = config.ignored();
	}

	Outcome classify(Throwable failure) {
		Throwable cause = Failures.unwrap(failure);
		if (cause instanceof CallRejectedException || cause instanceof NeverRetried) {
			return Outcome.REFUSED;
		}
		if (isOneOf(this.ignored, cause)) {
			return Outcome.IGNORED;
		}
		boolean failed = this.recorded.isEmpty() || cause instanceof LimitPassed || isOneOf(this.recorded, cause);
		return failed ? Outcome.FAILURE : Outcome.SUCCESS;
	}

	private static boolean isOneOf(List<Class<? extends Throwable>> types, Throwable failure) {
		for (Class<? extends Throwable> type : types) {
			if (type.isInstance(failure)) {
				return true;
			}
		}
		return false;
	}

}
