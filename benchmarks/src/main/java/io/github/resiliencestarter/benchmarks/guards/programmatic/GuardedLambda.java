package io.github.resiliencestarter.benchmarks.guards.programmatic;

import java.util.concurrent.Callable;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * The action that the libraries guard.
 */
@State(Scope.Benchmark)
public abstract class GuardedLambda {

	private final String sku = "book-42";

	/** Returns at once. */
	final Callable<String> action = () -> this.sku;

}
