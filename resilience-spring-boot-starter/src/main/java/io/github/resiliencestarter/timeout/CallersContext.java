package io.github.resiliencestarter.timeout;

import java.util.function.UnaryOperator;

import io.micrometer.context.ContextSnapshotFactory;

/**
 * Carries the caller's thread-locals to another thread, as Micrometer's context
 * propagation knows them. Loaded only where that library is.
 */
final class CallersContext implements UnaryOperator<Runnable> {

	private final ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().build();

	@Override
	public Runnable apply(Runnable task) {
		return this.snapshots.captureAll().wrap(task);
	}

}
