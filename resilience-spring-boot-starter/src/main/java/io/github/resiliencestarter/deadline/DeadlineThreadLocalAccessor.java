package io.github.resiliencestarter.deadline;

import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.TimeBudget;

/**
 * Lets Micrometer's context propagation carry the deadline to other threads and into
 * Reactor's operators. Found by its {@code ServiceLoader}.
 */
public final class DeadlineThreadLocalAccessor implements ThreadLocalAccessor<Long> {

	@Override
	public Object key() {
		return TimeBudget.CONTEXT_KEY;
	}

	@Override
	public @Nullable Long getValue() {
		long expiresAt = TimeBudget.ofThread().expiresAt();
		return (expiresAt != TimeBudget.UNLIMITED) ? expiresAt : null;
	}

	@Override
	public void setValue(Long expiresAt) {
		TimeBudget.ofThread().restore(expiresAt);
	}

	@Override
	public void setValue() {
		TimeBudget.ofThread().restore(TimeBudget.UNLIMITED);
	}

}
